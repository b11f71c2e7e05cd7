// The start of the dashboard.

import { startBrowserLog } from "./api/browser-log.js";
import { onLoginWanted } from "./api/client.js";
import { startRouter, go, currentPath } from "./shell/router.js";
import { makeShell } from "./shell/shell.js";

startBrowserLog();
onLoginWanted(() => {
  if (location.pathname !== "/login") go(`/login?next=${encodeURIComponent(currentPath())}`, { replace: true });
});
startRouter(makeShell(document.getElementById("shell")));
