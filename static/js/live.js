// A form[data-live="id"] is sent while it is edited, and what it answers takes the place of the
// element with this id. With method="get" the address follows; with method="post" the answer is that
// of its button named "look", and nothing is saved. While what is typed is refused, or nothing is
// answered, the last list stays, and what is wrong stands above it. What is folded out in the list
// stays so, and so does the focus. Of a new list only its [data-aloud] is read aloud. What was
// typed before this script came, or is typed again by the browser after a step back, counts too. A
// form[data-after="id"] acts on the list, so it is not sent while the list is behind what is typed.
// Without this script its button does the same with a new page.
import { walkPoints } from "./points.js";
import { poll } from "./poll.js";

const WAIT_MS = 200;
const AWAY = "There was no answer, so this is the last list. Change something, or ask again.";

for (const form of document.querySelectorAll("form[data-live]")) {
  const area = document.getElementById(form.dataset.live);
  const saves = form.method === "post";
  const aloud = document.createElement("p");
  Object.assign(aloud, { className: "visually-hidden", role: "status" });
  area.after(aloud);
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

  const asked = () => {
    const typed = new FormData(form);
    const address = new URL(form.action);
    if (saves) {
      typed.set("look", "1");
      return { address, body: typed, method: "POST" };
    }
    address.search = new URLSearchParams(typed);
    return { address, method: "GET" };
  };

  const put = (answer, isRefused) => {
    const wrong = answer.querySelector(".error-summary");
    const focused = document.activeElement;
    const isInside = area.contains(focused);
    if (isRefused && wrong && area.childElementCount) {
      area.querySelector(":scope > .error-summary")?.remove();
      area.prepend(wrong);
      area.dataset.stale = "";
    } else {
      const opened = [...area.querySelectorAll("details[id][open]")].map((each) => each.id);
      area.replaceChildren(...answer.childNodes);
      for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
      delete area.dataset.stale;
      aloud.textContent = area.querySelector("[data-aloud]")?.textContent ?? "";
      poll(area);
      walkPoints(area);
    }
    if (isInside && !focused.isConnected) {
      area.tabIndex = -1;
      const same = focused.id && document.getElementById(focused.id);
      (same || area).focus({ preventScroll: true });
    }
  };

  const away = () => {
    const said = document.createElement("div");
    const words = document.createElement("p");
    said.className = "error-summary";
    said.setAttribute("role", "alert");
    words.className = "mb-0";
    words.textContent = AWAY;
    said.append(words);
    const answer = document.createElement("div");
    answer.append(said);
    put(answer, true);
  };

  const follow = async () => {
    running?.abort();
    running = new AbortController();
    const { address, ...question } = asked();
    area.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, {
        ...question,
        headers: { Accept: "text/html", "X-Part": "list" },
        signal: running.signal,
      });
      if (answer.redirected || ![200, 422].includes(answer.status)) {
        if (saves) away();
        else location.assign(address);
      } else {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        put(page.body, answer.status === 422);
        if (!saves) history.replaceState(null, "", address);
      }
    } catch (trouble) {
      if (trouble.name === "AbortError") return;
      away();
    }
    area.removeAttribute("aria-busy");
  };

  const look = [...form.elements].find((each) => each.name === "look") ?? null;
  form.addEventListener("input", () => {
    say();
    area.setAttribute("aria-busy", "true");
    clearTimeout(waiting);
    waiting = setTimeout(follow, WAIT_MS);
  });
  form.addEventListener("submit", (event) => {
    if (saves && event.submitter !== look) return;
    event.preventDefault();
    clearTimeout(waiting);
    follow();
  });
  for (const after of document.querySelectorAll(`form[data-after="${area.id}"]`)) {
    after.addEventListener("submit", (event) => {
      if (area.getAttribute("aria-busy") || "stale" in area.dataset) event.preventDefault();
    });
  }
  say();
  const asRendered = form.cloneNode(true);
  for (const others of asRendered.querySelectorAll("[form]")) others.remove();
  asRendered.reset();
  const typed = (some) => new URLSearchParams(new FormData(some)).toString();
  if (typed(asRendered) !== typed(form)) follow();
}
