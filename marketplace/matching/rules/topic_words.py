"""The words by which videos about a topic are tagged. Pure.

A brief asks for topics of our list; creators tag their videos with words of their own. Who cooks
writes #recipe and #chef more often than #cooking, so a topic asks for all of its words. The lists
are ours, from what is common in hashtags of the languages with most creators; they are whole words,
compared as :func:`marketplace.kernel.words.key_of` spells them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

TOPIC_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "beauty": (
        "makeup", "makeuptutorial", "skincare", "hair", "hairstyle", "nails", "lipstick", "mua",
        "grwm", "maquillaje", "belleza", "maquiagem", "schminken", "maquillage", "メイク",
        "메이크업", "뷰티", "lamdep",
    ),
    "books": (
        "booktok", "bookworm", "reading", "bookish", "bookrecommendations", "libros", "livros",
        "lesen", "lecture", "author", "本", "読書", "책", "독서", "buku",
    ),
    "comedy": (
        "funny", "humor", "humour", "comedyskit", "skit", "prank", "joke", "jokes", "meme", "memes",
        "comedia", "comedian", "lustig", "drole", "gracioso", "engraçado", "lucu",
        "お笑い", "코미디", "कॉमेडी", "haihuoc",
    ),
    "cooking": (
        "recipe", "recipes", "food", "foodie", "tiktokfood", "foodtok", "chef", "cook", "baking",
        "bake", "dessert", "cake", "easyrecipe", "homemade", "kitchen", "receta", "recetas",
        "cocina", "comida", "receita", "rezept", "kochen", "recette", "cuisine", "ricetta", "masak",
        "料理", "レシピ", "요리", "먹방", "खाना", "monngon",
    ),
    "dance": (
        "dancer", "dancing", "dancechallenge", "choreography", "ballet", "hiphopdance", "baile",
        "dança", "tanz", "danse", "dancetutorial", "ダンス", "댄스", "joget", "डांस",
    ),
    "education": (
        "learnontiktok", "edutok", "learn", "school", "teacher", "study", "studytok", "howto",
        "tutorial", "facts", "didyouknow", "aprendeentiktok", "english", "lernen", "histoire",
        "belajar", "勉強", "공부", "पढ़ाई",
    ),
    "family": (
        "mom", "dad", "mum", "momlife", "momsoftiktok", "dadsoftiktok", "parenting", "parents",
        "kids", "baby", "toddler", "siblings", "familia", "familie", "famille",
    ),
    "fashion": (
        "ootd", "style", "outfit", "outfits", "outfitideas", "fashiontiktok", "streetwear", "moda",
        "mode", "thrift", "haul", "fashionhacks", "ファッション", "패션", "thoitrang",
    ),
    "finance": (
        "money", "investing", "invest", "stocks", "business", "entrepreneur", "income", "crypto",
        "personalfinance", "budget", "dinero", "finanzas", "geld", "sidehustle",
    ),
    "fitness": (
        "workout", "gym", "abs", "abworkout", "homeworkout", "bodybuilding", "muscle", "training",
        "gymtok", "fitnessmotivation", "yoga", "exercise", "entrenamiento", "fitnesstips", "筋トレ",
        "헬스", "운동", "treino",
    ),
    "gaming": (
        "gamer", "game", "games", "minecraft", "fortnite", "roblox", "amongus", "twitch", "gta",
        "playstation", "xbox", "valorant", "freefire", "videojuegos", "gameplay", "letsplay",
        "jogos", "juegos", "jeuxvideo", "spiele", "ゲーム", "ゲーム実況", "게임", "leagueoflegends",
    ),
    "health": (
        "mentalhealth", "doctor", "nurse", "wellness", "healthy", "nutrition", "anxiety",
        "healthtips", "selfcare", "salud", "saude", "gesundheit",
    ),
    "home": (
        "diy", "homedecor", "decor", "cleaning", "cleantok", "interiordesign", "renovation",
        "organization", "lifehack", "furniture", "hogar", "hometour",
    ),
    "music": (
        "singing", "singer", "song", "songs", "cover", "guitar", "piano", "originalsong",
        "newmusic", "rap", "musician", "producer", "musica", "música", "musik", "musique", "cantar",
        "musicvideo", "lyrics", "lyricvideo", "letra", "hiphop", "kpop", "jpop", "latinpop",
        "reggaeton", "afrobeats", "bongoflava", "音楽", "歌ってみた", "음악", "노래",
        "케이팝", "lagu", "nhac", "गाना",
    ),
    "nature": (
        "animals", "wildlife", "plants", "planttok", "garden", "gardening", "ocean", "flowers",
        "naturaleza", "natureza", "natur", "forest",
    ),
    "outdoors": (
        "camping", "hiking", "hike", "fishing", "adventure", "mountains", "surf", "climbing", "bmx",
        "vanlife", "survival", "trailrunning", "skateboarding",
    ),
    "pets": (
        "dog", "dogs", "dogsoftiktok", "puppy", "cat", "cats", "catsoftiktok", "kitten", "pet",
        "petsoftiktok", "hamster", "animals", "perro", "gato", "hund", "chien", "doggo", "犬", "猫",
        "강아지", "고양이", "cachorro", "katze",
    ),
    "science": (
        "experiment", "physics", "chemistry", "biology", "space", "nasa", "engineering", "ciencia",
        "scienceexperiment", "everydayscience", "stem", "wissenschaft",
    ),
    "sports": (
        "football", "soccer", "basketball", "nba", "nfl", "baseball", "hockey", "tennis", "futbol",
        "fútbol", "futebol", "fussball", "gymnastics", "athlete", "trickshot", "deporte", "boxing",
        "サッカー", "野球", "축구", "야구", "bongda", "cricket",
    ),
    "sustainability": (
        "zerowaste", "ecofriendly", "climate", "climatechange", "recycling", "vegan", "upcycling",
        "sustainable", "environment", "plasticfree",
    ),
    "tech": (
        "technology", "iphone", "apple", "android", "gadgets", "gadget", "coding", "programming",
        "ai", "computer", "pc", "tecnologia", "unboxing",
    ),
    "travel": (
        "traveltiktok", "travelling", "vacation", "trip", "tourist", "viaje", "viagem", "reisen",
        "voyage", "wanderlust", "roadtrip", "hotel", "flight", "旅行", "여행",
        "jalanjalan", "dulich",
    ),
}  # fmt: skip


def spelled_out(words: Iterable[str]) -> list[str]:
    """Return words with those of each topic beside it, each once; other words as they are."""
    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        found.update(dict.fromkeys(TOPIC_WORDS.get(word, ())))
    return list(found)
