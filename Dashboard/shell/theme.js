// Light, dark, or as the system: the choice is the one thing that the dashboard stores in the browser.

const key = "tradewind.theme";
const listeners = new Set();

/** "system", "light" or "dark". */
export function theme() {
  return document.documentElement.dataset.theme ?? "system";
}

/** Chooses. */
export function chooseTheme(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  try {
    if (choice === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  } catch {
    // Storage may be forbidden; the choice then holds until the page is left.
  }
  tell();
}

/** Calls back whenever colours change; returns how to stop. */
export function onTheme(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of [...listeners]) listener();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
