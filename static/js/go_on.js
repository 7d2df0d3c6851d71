// Whoever sends a form by the keyboard, and is led back to the same page, goes on where they were: at
// the same button, else at what it stood in. What was refused comes before that, and so does a page
// that was asked for with a place of its own. Without this script a page begins at its top.
const KEY = "go-on";
const refused = document.querySelector("[data-focus]");

const kept = () => {
  try {
    const said = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    return said?.path === location.pathname ? said : null;
  } catch {
    return null; // Storage is off.
  }
};

// A button is the same if its form is too: what shortlists must not become what invites.
const nameOf = ({ name, value, form }) => [name, value, form.getAttribute("action")].join();

const placeOf = ({ button, within }) =>
  [...document.querySelectorAll("main button")].find(
    (each) => each.name && each.form && nameOf(each) === button && each.checkVisibility(),
  ) ?? document.getElementById(within);

const goOn = () => {
  const before = kept();
  if (refused) {
    refused.focus();
    return;
  }
  const place = before && !location.hash && placeOf(before);
  if (!place || document.querySelector(".flashes :is(.tone-refused, .tone-waiting)")) return;
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus();
  const said = document.querySelector(".flashes");
  said.replaceChildren(...said.childNodes); // so that it is read aloud
};

document.addEventListener("submit", ({ submitter, defaultPrevented }) => {
  if (defaultPrevented || !submitter?.matches("main :focus-visible")) return;
  const within = submitter.closest("main [id]:not(form, button)")?.id;
  const said = { path: location.pathname, button: nameOf(submitter), within };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(said));
  } catch {
    // Storage is off: the next page begins at its top.
  }
});

// After the browser has gone to the place that the address names, which would take the focus away.
if (document.readyState === "complete") goOn();
else addEventListener("load", () => setTimeout(goOn));
