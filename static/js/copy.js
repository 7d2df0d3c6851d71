// <button data-copy="text"> (or data-copy-from="#id") puts the text on the clipboard and says so.
for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = source ? (source.value ?? source.textContent.trim()) : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Could not copy";
    }
    button.setAttribute("aria-live", "polite");
    setTimeout(() => (button.textContent = label), 2000);
  });
}
