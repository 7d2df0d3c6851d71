"""The words by which a subject is known, in several languages; ours to choose. Pure.

A word is here when it says little else: no "shot", no "nude" (a lipstick), no "smoking" (a way to
cook). A word of two parts stands as a hashtag has it, and is found in a caption too. Who people
are, what they believe and whom they love is no subject: a rule against it would be one against
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.creators.rules.subjects import Subject

WORDS: Final[Mapping[Subject, str]] = {
    Subject.ALCOHOL: """
        alcohol beer beers craftbeer homebrew brewery wine wines winelover winetasting redwine
        whitewine vodka whisky whiskey bourbon tequila mezcal champagne prosecco cocktail cocktails
        cocktailrecipe margaritas mojito negroni liquor mixology bartender hangover ginandtonic
        alkohol bier biere wein rotwein weisswein schnaps sekt
        alcool vinrouge vinblanc whiskys cerveza cervezas vino vinos licor
        cerveja cervejas vinho vinhos cachaca caipirinha birra birre
        piwo wino wodka bira пиво вино водка алкоголь ビール 日本酒 맥주 소주 啤酒 白酒
    """,
    Subject.GAMBLING: """
        gambling casino casinos onlinecasino poker pokernight roulette blackjack jackpot slots
        slotmachine betting sportsbetting bookmaker bookmakers lottery bettingtips parlay
        glucksspiel sportwetten pariessportifs apuestas apuestasdeportivas loteria apostas
        scommesse kumar bahis казино ставки ставкинаспорт カジノ パチンコ 카지노 토토 赌场
    """,
    Subject.TOBACCO: """
        vape vapes vaping vapelife ecig ecigs cigarette cigarettes cigar cigars hookah shisha
        tobacco nicotine snus elfbar juul zigarette zigaretten tabak cigarros tabaco cigarrillo
        cigarrillos sigarette sigara papierosy сигареты вейп кальян табак タバコ 담배 电子烟
    """,
    Subject.DRUGS: """
        cannabis marijuana weedlife stoner stonerlife thc cocaine ketamine mdma lsd heroin meth
        crystalmeth magicmushrooms psychedelics drugdealer drogen kokain drogue drogues cocaina
        drogas maconha droghe narkotyki uyusturucu наркотики кокаин 大麻 마약 毒品
    """,
    Subject.WEAPONS: """
        guns gunrange gunsofinstagram firearm firearms handgun handguns pistol pistols rifle rifles
        shotgun shotguns glock ak47 ar15 ammo ammunition secondamendment waffe waffen schusswaffe
        pistole gewehr armeafeu fusil pistola pistolas escopeta silah оружие пистолет 枪支
    """,
    Subject.ADULT: """
        nsfw porn porno pornstar onlyfans nudes hentai erotic erotica fetish xxx camgirl striptease
        erotik erotique erotico eroticos порно эротика エロ 야동 色情
    """,
    Subject.PROFANITY: """
        fuck fucking fucked motherfucker shit shitty bullshit bitch bitches asshole assholes cunt
        wtf stfu scheisse arschloch ficken fick hurensohn putain merde connard enculer salope
        joder gilipollas cabron hijodeputa caralho foder cazzo vaffanculo stronzo kurwa jebac
        pierdol amk siktir блять хуй ебать пиздец
    """,
    Subject.POLITICS: """
        politics election elections electionday vote2024 vote2026 trump maga republican republicans
        democrats abortion prolife prochoice guncontrol brexit politik bundestag bundestagswahl wahl
        wahlkampf politique politiques presidentielle elecciones politica eleicoes elezioni wybory
        secim siyaset политика выборы 選挙 政治 선거 정치
    """,
    Subject.SHOCKING: """
        gore murder murders truecrime serialkiller suicide selfharm corpse deadbody massacre
        terrorism terrorist executions carcrash deadlyaccident fightvideo mord selbstmord leiche
        meurtre terrorisme asesinato suicidio terrorismo assassinato omicidio morderstwo cinayet
        убийство самоубийство терроризм 殺人 살인 自杀
    """,
}
