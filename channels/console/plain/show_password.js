/** Lets people look at what they typed as a password. */
const field = document.getElementById("password");
const button = document.getElementById("show");
button.hidden = false;
button.addEventListener("click", () => {
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.textContent = shown ? "隐藏" : "显示";
  field.focus();
});
