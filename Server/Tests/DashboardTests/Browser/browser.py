"""Chromium for the checks of the dashboard: pages, what they complain of, and one line of JSON for each finding."""

import json
import os
import shutil
import sys
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright


def arguments():
    """The address of the server, the folder for pictures, and what more the caller gave as JSON."""
    base, output = sys.argv[1], sys.argv[2]
    more = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
    os.makedirs(output, exist_ok=True)
    return base.rstrip("/"), output, more


def tell(check, is_good, detail=""):
    """One finding; the test that started this reads the lines."""
    print(json.dumps({"check": check, "good": bool(is_good), "detail": str(detail)[:2000]}), flush=True)


@contextmanager
def chromium():
    """The browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What a page complains of, and whom it asks."""

    def __init__(self, page, base):
        self.problems, self.foreign = [], []
        page.on("console", lambda message: self.hear(message))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", lambda request: self.ask(request.url, base))

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def ask(self, url, base):
        if not url.startswith((base + "/", "data:", "blob:")):
            self.foreign.append(url)


def axe_findings(page, rules=None):
    """Serious and critical findings of axe-core, in words: of all its rules, or of some."""
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['target'] for node in one['nodes']][:3]}"
        for one in found if one["impact"] in ("serious", "critical")
    ]


def arrive(page, base, path):
    """Opens an address and waits until its page has its content."""
    page.goto(base + path)
    page.wait_for_selector("main h1")
    settle(page)


def settle(page):
    """Waits until nothing of the page is being loaded any more: by asking, as its policy forbids more."""
    for _ in range(300):
        if page.locator("main .loading").count() == 0:
            return
        page.wait_for_timeout(50)
    raise RuntimeError("the page is still loading")
