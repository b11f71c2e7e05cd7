"""Streams that end, come back, repeat themselves, tell of other runs, and leave events out for a slow client."""

import json

from browser import arguments, arrive, chromium, tell

base, output, more = arguments()
skipped = {"skipped": 40, "from": 1, "to": 900000}
frame = f"retry: 60000\nid: 900000\nevent: stream.Skipped\ndata: {json.dumps(skipped)}\n\n"


def requests_after_a_skip(page, path, wanted):
    """How often the page asks for `wanted` in the seconds after it was told, and in those before."""
    asked = []
    page.on("request", lambda request: asked.append(request.url) if wanted(request.url) else None)
    held = []
    page.route("**/api/v1/events/stream*", lambda route: held.append(route))
    page.route("**/api/v1/runs/*", active) if "/runs/" in path else None
    arrive(page, base, path)
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    before = len(asked)
    if not held:
        return before, None
    held[0].fulfill(status=200, headers={"Content-Type": "text/event-stream"}, body=frame)
    page.wait_for_timeout(1200)
    return before, len(asked)


def active(route):
    """A run of the server as it was while it ran."""
    answer = route.fetch()
    body = answer.json()
    body["status"] = "running"
    route.fulfill(response=answer, json=body)


with chromium() as browser:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    before, after = requests_after_a_skip(page, "/", lambda url: "/api/v1/events?" in url)
    tell("the overview reads the latest events anew", after is not None and after == before + 1, f"{before} {after}")
    page.close()
    # The page of a run asks every three seconds anyway; being told of a skip makes it ask once more, at once.
    page = context.new_page()
    before, after = requests_after_a_skip(page, f"/runs/{more['run']}", lambda url: url.endswith(f"/api/v1/runs/{more['run']}"))
    tell("the page of a run reads the run anew", after is not None and after > before, f"{before} {after}")
    page.close()

    # A stream that ends is resumed from the last event, and what comes twice is shown once.
    def told(offset, name, run="another-run"):
        data = {"run_id": run, "time": "2026-01-01T00:00:00Z", "correlation_id": "c", "payload": {"name": name, "strategy": "s", "created_by": "x"}}
        return f"id: {offset}\nevent: run.Created\ndata: {json.dumps(data)}\n\n"

    page = context.new_page()
    asked = []

    def stream(route):
        asked.append(route.request.headers.get("last-event-id"))
        body = told(900001, "heard-once") if len(asked) < 3 else told(900001, "heard-once") + told(900002, "heard-later")
        route.fulfill(status=200, headers={"Content-Type": "text/event-stream"}, body=body) if len(asked) < 4 else None

    page.route("**/api/v1/events/stream*", stream)
    arrive(page, base, "/")
    page.wait_for_selector("main >> text=heard-later", timeout=30000)
    text = page.locator("main").inner_text()
    tell("a stream that ended is resumed after the last event", asked[1:3] == ["900001", "900001"], asked)
    tell("an event that comes again is shown once", text.count("heard-once") == 1, text.count("heard-once"))
    page.close()

    page = context.new_page()
    page.route("**/api/v1/runs/*", active)
    page.route("**/api/v1/events/stream*", lambda route: route.fulfill(
        status=200, headers={"Content-Type": "text/event-stream"},
        body=told(900001, "of-another-run") + told(900002, "of-this-run", more["run"])))
    arrive(page, base, f"/runs/{more['run']}")
    page.wait_for_selector("main >> text=of-this-run", timeout=30000)
    tell("the page of a run shows nothing of other runs", "of-another-run" not in page.locator("main").inner_text())
    page.close()
