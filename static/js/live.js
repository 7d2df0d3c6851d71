// A form[data-live="id"] with method="get" is sent while it is edited, and what it answers takes the
// place of the element with this id. A details[data-fold] around it is closed on a phone. Without
// this script its button does the same with a new page.
const WAIT_MS = 200;

for (const form of document.querySelectorAll("form[data-live]")) {
  const area = document.getElementById(form.dataset.live);
  let waiting = 0;
  let running = null;

  const say = () => {
    for (const slider of form.querySelectorAll("input[type=range][data-words]")) {
      const word = slider.dataset.words.split("|")[slider.value];
      slider.setAttribute("aria-valuetext", word);
      const output = form.querySelector(`output[for="${slider.id}"]`);
      if (output) output.textContent = word;
    }
  };

  const follow = async () => {
    running?.abort();
    running = new AbortController();
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form));
    area.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, {
        headers: { Accept: "text/html", "X-Part": "list" },
        signal: running.signal,
      });
      if (answer.redirected || ![200, 422].includes(answer.status)) {
        location.assign(address);
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = document.activeElement?.id;
      area.replaceChildren(...page.body.childNodes);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      history.replaceState(null, "", address);
    } catch (trouble) {
      if (trouble.name === "AbortError") return;
      // The network is away for a moment: the button is still there.
    }
    area.removeAttribute("aria-busy");
  };

  form.addEventListener("input", () => {
    say();
    clearTimeout(waiting);
    waiting = setTimeout(follow, WAIT_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    follow();
  });
  say();

  const fold = form.closest("details[data-fold]");
  if (fold && matchMedia("(max-width: 767px)").matches) fold.open = false;
}
