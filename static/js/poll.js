// <div data-poll-url="..." data-poll-seconds="2" aria-live="polite"> is replaced by what the address
// answers, until the answer's first element carries data-done. A failed fetch is tried again.
const start = (area) => {
  const seconds = Math.max(1, Number(area.dataset.pollSeconds) || 2);
  const again = () => setTimeout(turn, seconds * 1000);
  const turn = async () => {
    if (!area.isConnected) return;
    if (document.hidden) {
      again();
      return;
    }
    try {
      const answer = await fetch(area.dataset.pollUrl, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        area.replaceChildren(...page.body.childNodes);
        if (area.querySelector("[data-done]")) return;
      }
    } catch {
      // The network is away for a moment.
    }
    again();
  };
  again();
};

// Begins with whatever there is to be asked for again in a part of the page.
export const poll = (part) => {
  for (const area of part.querySelectorAll("[data-poll-url]")) start(area);
};
poll(document);
