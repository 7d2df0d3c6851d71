// A number field with data-slider gets a slider beside it, from 0 to 100. The field is what is sent:
// what is typed there stays as it is typed. It is for a pointer: by key the field does the same, and
// to stop at both would double the way.
for (const field of document.querySelectorAll("input[data-slider]")) {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: 0, max: 100, step: 5, tabIndex: -1, className: "form-range" });
  slider.value = Number(field.value) || 0;
  slider.setAttribute("aria-label", `${field.labels[0]?.textContent ?? ""}, in percent`);
  slider.addEventListener("input", () => {
    field.value = slider.value === "0" ? "" : slider.value;
  });
  field.addEventListener("input", () => {
    slider.value = Number(field.value) || 0;
  });
  field.after(slider);
}
