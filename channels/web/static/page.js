/** The full page around the chat: the city's name, and the language chosen in the chat. */

document.addEventListener("wenzheng-config", ({ detail: { city, title } }) => {
  document.title = title;
  for (const place of document.querySelectorAll("[data-city]")) place.textContent = city;
});

document.addEventListener("wenzheng-language", ({ detail }) => {
  document.documentElement.lang = detail === "en" ? "en" : "zh-CN";
});
