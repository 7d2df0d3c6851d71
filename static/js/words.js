// An input[data-suggests] suggests, while words are typed with commas, those that are used in the market:
// its datalist gets whatever goes on from the word being typed. The address is asked once, when the
// field is first entered. Without this script the datalist suggests the most used for the first word.
const MOST = 12;

const keyOf = (word) =>
  word.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();

for (const field of document.querySelectorAll("input[data-suggests]")) {
  const list = field.list;
  let words = [];

  const suggest = () => {
    const [, before, gap, begun] = field.value.match(/^(.*[,;#]|)(\s*)([^,;#]*)$/s);
    const key = keyOf(begun);
    const typed = new Set(before.split(/[,;#]/).map(keyOf));
    const free = words.filter((word) => !typed.has(word));
    const first = free.filter((word) => word.startsWith(key));
    const within = key.length > 1 ? free.filter((word) => word.indexOf(key) > 0) : [];
    list.replaceChildren(
      ...[...first, ...within].slice(0, MOST).map((word) => {
        const option = document.createElement("option");
        option.value = before + gap + word;
        if (before) option.label = word;
        return option;
      }),
    );
  };

  field.addEventListener(
    "focus",
    async () => {
      try {
        const answer = await fetch(field.dataset.suggests, { headers: { Accept: "application/json" } });
        if (answer.ok) words = await answer.json();
      } catch {
        return; // The network is away for a moment: the most used words stay.
      }
      if (words.length) suggest();
    },
    { once: true },
  );
  field.addEventListener("focus", () => words.length && suggest());
  field.addEventListener("input", () => words.length && suggest());
}
