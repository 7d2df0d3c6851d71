// Menus and explanations made of <details> close on Escape and on a click elsewhere.
const opened = () => document.querySelectorAll("details[data-menu][open], details.why[open]");

document.addEventListener("click", (event) => {
  for (const one of opened()) if (!one.contains(event.target)) one.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const one of opened()) {
    one.open = false;
    if (one.contains(document.activeElement)) one.querySelector("summary").focus();
  }
});
