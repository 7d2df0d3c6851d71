// <details data-confirm> becomes a dialog; without this script it opens in place.
for (const one of document.querySelectorAll("details[data-confirm]")) {
  const summary = one.querySelector("summary");
  const box = one.querySelector(".confirm-box");
  summary.addEventListener("click", (event) => {
    event.preventDefault();
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", summary.textContent.trim());
    dialog.append(...box.cloneNode(true).childNodes);
    const back = document.createElement("button");
    back.type = "button";
    back.className = "btn btn-link";
    back.textContent = "Keep it as it is";
    back.addEventListener("click", () => dialog.close());
    dialog.querySelector("form").append(" ", back);
    dialog.addEventListener("close", () => {
      dialog.remove();
      summary.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    back.focus();
  });
}
