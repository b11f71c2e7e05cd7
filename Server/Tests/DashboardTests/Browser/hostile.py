"""Names, lines and reasons that are HTML and script: they are shown as the text that they are."""

import json
import sqlite3
import urllib.error
import urllib.request

from browser import arguments, arrive, chromium, tell

base, output, more = arguments()
payload = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


def post(path, body):
    """Sends JSON; gives the status."""
    request = urllib.request.Request(
        base + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


status, made = post("/api/v1/runs", {"mode": "backtest", "start": True, "run": {**more["run"], "name": payload}})
tell("a run may bear any name", status in (200, 201, 202), f"{status} {made}")
run = (made or {}).get("id") or (made or {}).get("run_id")
status, answer = post("/api/v1/logs/batch", {"logs": [
    {"level": "error", "event": payload, "message": payload, "page": payload, "context": {payload: payload}}]})
tell("the log takes lines of browsers", status in (200, 202), f"{status} {answer}")

# A deployment that failed for a reason that a tool of the host printed.
with sqlite3.connect(more["database"], timeout=10) as database:
    database.execute(
        "INSERT INTO deployments VALUES ('20260101T000000', 'update', 'local', ?, 1767225600000000000, 61000, ?, ?, NULL, "
        "'rolled-back', ?)", (payload, "a" * 40, "b" * 40, payload))

with chromium() as browser:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    places = {"runs": "/runs", "run": f"/runs/{run}", "overview": "/", "logs": "/logs", "compare": "/compare",
              "missing": "/runs/%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E",
              "filter": "/logs?search=%3Cscript%3Ewindow.pwned%3D1%3C%2Fscript%3E&correlation_id=%3Cimg%20src%3Dx%3E",
              "system": "/system", "login": "/login?next=javascript:window.pwned=1"}
    pages = {}
    for name, path in places.items():
        pages[name] = context.new_page()
        arrive(pages[name], base, path)
    # What comes later, by streams and polling, is waited for once, with all of them open.
    pages["login"].wait_for_timeout(1200)
    for name, page in pages.items():
        tell(f"{name}: nothing was executed", page.evaluate("window.pwned === undefined"))
        strange = page.locator("main img, main script, main iframe").count()
        tell(f"{name}: nothing became an element", strange == 0, f"{strange} elements")
        if name in ("runs", "run"):
            tell(f"{name}: the name is shown as it is", payload in page.locator("main").inner_text())
        if name == "system":
            row = page.locator("main section", has=page.get_by_role("heading", name="Deployments")).locator("tbody tr").first
            words = row.inner_text()
            said = [payload, "update", "a" * 12, "b" * 12, "rolled", "1 min 1 s", "2026-01-01"]
            tell("system: the deployment is shown as it is", all(word in words for word in said) and words.count(payload) == 2, words)
        page.close()
    page = context.new_page()
    arrive(page, base, "/")
    page.evaluate("""() => { const inline = document.createElement('script'); inline.textContent = 'window.inlined = 1'; document.body.append(inline); }""")
    tell("the policy refuses inline script", page.evaluate("window.inlined === undefined"))
