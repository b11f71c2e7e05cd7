"""The dashboard without a pointer: to the content, through the pages, into the form, and to its end."""

from browser import arguments, arrive, chromium, settle, tell

base, output, more = arguments()


def focus(page):
    """What has the focus, in a word."""
    return page.evaluate("""() => {
        const element = document.activeElement;
        return (element.getAttribute('aria-label') || element.textContent || element.tagName).trim().slice(0, 60);
    }""")


def tab_to(page, wanted, most=60):
    """Presses Tab until something has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted in focus(page):
            return True
    return False


with chromium() as browser:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    arrive(page, base, "/")
    page.keyboard.press("Tab")
    tell("the first stop leads to the content", "Skip" in focus(page), focus(page))
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    tell("the focus can be seen", outline != "none", outline)
    tell("Runs can be reached", tab_to(page, "Runs"))
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Runs')")
    tell("a new page has the focus on its heading", focus(page) == "Runs", focus(page))
    tell("New run can be reached", tab_to(page, "New run"))
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('New run')")
    settle(page)
    labels = []
    for _ in range(140):
        page.keyboard.press("Tab")
        label = page.evaluate("""() => {
            const element = document.activeElement;
            return element.labels?.[0]?.textContent || element.getAttribute('aria-label') || element.textContent;
        }""").strip()
        labels.append(label)
        if label.startswith("Name of the run"):
            page.keyboard.press("Control+A")
            page.keyboard.type("by-keyboard")
        if label == "Start the backtest":
            break
    tell("every field of the form has a label", all(labels), labels)
    tell("the form can be sent", labels[-1] == "Start the backtest", labels[-1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/2*", timeout=15000)
    page.wait_for_selector("h1:has-text('by-keyboard')")
    page.wait_for_selector(".badge:has-text('completed')", timeout=60000)
    page.wait_for_selector(".chart-area")
    page.wait_for_timeout(500)
    page.locator(".chart-area").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    spoken = page.locator(".chart [aria-live]").first.inner_text()
    tell("the keys of a chart read its values aloud", "Equity" in spoken, spoken)
    before = page.locator(".chart-area").first.get_attribute("aria-label")
    page.keyboard.press("+")
    page.keyboard.press("0")
    tell("the chart stays described", page.locator(".chart-area").first.get_attribute("aria-label") == before)

    page.get_by_role("button", name="Kill switch").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    inside = page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    tell("a dialog takes the focus", inside, focus(page))
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    tell("a dialog gives the focus back", "Kill switch" in focus(page), focus(page))
