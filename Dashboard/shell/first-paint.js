// Runs before the first paint, so that a chosen theme does not flash: no module, nothing else.
(function () {
  try {
    const theme = window.localStorage.getItem("tradewind.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's theme is used then.
  }
})();
