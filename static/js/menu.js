// Menus and explanations made of <details> close on Escape, and on a click or the focus elsewhere: they
// would hide what is focused next.
const opened = () => document.querySelectorAll("details[data-menu][open], details.why[open]");

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const one of opened()) if (!one.contains(event.target)) one.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const one of opened()) {
    one.open = false;
    if (one.contains(document.activeElement)) one.querySelector("summary").focus();
  }
});
