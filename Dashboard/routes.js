// The addresses of the dashboard; the server answers the same ones with its page (DashboardRoutes.swift).

/** Each: the path with `:name` for parts that vary, the module that shows it, and the heading in the navigation. */
export const routes = [
  { path: "/", load: () => import("./pages/overview.js"), nav: "Overview", icon: "overview" },
  { path: "/runs", load: () => import("./pages/runs.js"), nav: "Runs", icon: "runs" },
  { path: "/runs/new", load: () => import("./pages/new-run.js") },
  { path: "/runs/:id", load: () => import("./pages/run.js") },
  { path: "/compare", load: () => import("./pages/compare.js"), nav: "Compare", icon: "compare" },
  { path: "/strategies", load: () => import("./pages/strategies.js"), nav: "Strategies", icon: "strategies" },
  { path: "/strategies/:name", load: () => import("./pages/strategy.js") },
  { path: "/orders", load: () => import("./pages/orders.js"), nav: "Orders", icon: "orders" },
  { path: "/orders/:id", load: () => import("./pages/order.js") },
  { path: "/logs", load: () => import("./pages/logs.js"), nav: "Logs", icon: "logs" },
  { path: "/system", load: () => import("./pages/system.js"), nav: "System", icon: "system" },
  { path: "/login", load: () => import("./pages/login.js") },
];

/** The route of a path with its parameters; null when there is none. */
export function match(path) {
  const parts = path.split("/").filter(Boolean);
  for (const route of routes) {
    const wanted = route.path.split("/").filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const parameters = {};
    if (wanted.every((part, index) => {
      if (!part.startsWith(":")) return part === parts[index];
      try {
        parameters[part.slice(1)] = decodeURIComponent(parts[index]);
        return true;
      } catch {
        return false;
      }
    })) return { route, parameters };
  }
  return null;
}
