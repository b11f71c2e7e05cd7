"""A person starts a backtest from the form, sees it go on and its chart, and finds its lines in the log."""

from browser import Watch, arguments, arrive, chromium, tell

base, output, more = arguments()

with chromium() as browser:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    watch = Watch(page, base)
    arrive(page, base, "/")
    page.get_by_role("link", name="New run").first.click()
    page.wait_for_selector("h1:has-text('New run')")
    page.get_by_label("Strategy", exact=False).first.select_option("sma-cross")
    page.wait_for_selector("label:has-text('Fast')")
    page.get_by_label("Name of the run").fill("browser-journey")
    tell("the form has the strategy's parameters", page.get_by_label("Slow").count() == 1)
    tell("a series is suggested", page.locator(".instrument-list input:checked").count() >= 1)

    # First with something wrong: the server's words stand at the field.
    page.get_by_label("Fast").fill("500")
    page.get_by_label("Slow").fill("20")
    page.get_by_role("button", name="Start the backtest").click()
    page.wait_for_selector("form [role=alert] li")
    words = page.locator("form [role=alert]").first.inner_text()
    tell("what is wrong is told in the form", page.locator("[aria-invalid=true]").count() >= 1, words)
    page.screenshot(path=f"{output}/form-with-problem.png")

    page.get_by_label("Filter the series").fill(more.get("series", "1m"))
    boxes = page.locator(".instrument-list input:checked")
    while boxes.count():
        boxes.first.uncheck()
    page.locator(".instrument-list label", has_text=more["instrument"]).first.locator("input").check()
    page.get_by_label("Filter the series").fill("")
    checked = page.locator(".instrument-list label:has(input:checked)")
    # From the last, as one that is not checked any more is none of them.
    for index, words in reversed(list(enumerate(checked.all_inner_texts()))):
        if more["instrument"] not in words or more.get("series", "1m") not in words:
            checked.nth(index).locator("input").uncheck()
    page.get_by_label("Fast").fill("5")
    page.get_by_label("Slow").fill("15")
    page.get_by_label("Quantity").fill("0.1")
    page.get_by_role("button", name="Start the backtest").click()
    page.wait_for_url("**/runs/2*", timeout=15000)
    run = page.url.rsplit("/", 1)[1]
    page.wait_for_selector("h1:has-text('browser-journey')")

    # The bar goes away when the run ends, at any moment: it is looked at without waiting for it.
    progress = set()
    for _ in range(600):
        value = page.evaluate(
            "() => document.querySelector('main [role=progressbar]')?.getAttribute('aria-valuenow')")
        if value not in (None, "0"):
            progress.add(value)
            if len(progress) == 1:
                page.screenshot(path=f"{output}/run-live.png", full_page=True)
        if page.locator(".badge", has_text="completed").count():
            break
        page.wait_for_timeout(50)
    # A run of an optimised build is over within a moment.
    tell("its progress was seen", more["isFast"] or len(progress) >= 1, sorted(progress))
    page.wait_for_selector(".badge:has-text('completed')", timeout=60000)
    page.wait_for_selector(".chart canvas", timeout=15000)
    page.wait_for_timeout(500)
    label = page.locator(".chart-area").first.get_attribute("aria-label")
    tell("the chart has the equity", "Equity" in label and "from" in label, label)
    drawn = page.evaluate("""() => {
        const canvas = document.querySelector('.chart canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let ink = 0;
        for (let index = 3; index < data.length; index += 4) if (data[index] > 0) ink += 1;
        return ink;
    }""")
    tell("the chart is drawn", drawn > 2000, f"{drawn} pixels")
    figures = page.locator(".tiles").first.inner_text()
    tell("the figures are there", "Total return" in figures and "%" in figures, figures)
    page.screenshot(path=f"{output}/run-finished.png", full_page=True)

    page.get_by_role("link", name="Its log lines").click()
    page.wait_for_selector("h1:has-text('Logs')")
    found = 0
    for _ in range(60):
        found = page.locator("tr.log-line").count()
        if found:
            break
        page.wait_for_timeout(500)
    tell("the log viewer has lines of the run", found > 0, f"{found} lines")
    if found:
        page.get_by_role("button", name="More of").first.click()
        detail = page.locator(".log-detail pre").first.inner_text()
        tell("a line opens to what it holds", run in detail, detail)
    page.screenshot(path=f"{output}/log-of-run.png", full_page=True)
    # The kill switch: with a reason, on every page, and back.
    page.get_by_role("button", name="Kill switch").click()
    page.get_by_label("Reason, for the audit").fill("a test of the switch")
    page.get_by_role("button", name="Engage", exact=True).click()
    page.wait_for_selector(".kill-banner:not([hidden])")
    told = page.locator(".kill-banner").inner_text()
    tell("the switch says that it is engaged, and why", "a test of the switch" in told, told)
    page.get_by_role("link", name="Runs", exact=True).click()
    page.wait_for_selector("h1:has-text('Runs')")
    tell("so does every page", page.locator(".kill-banner:not([hidden])").count() == 1)
    page.screenshot(path=f"{output}/kill-switch.png")
    page.locator(".kill-banner").get_by_role("button", name="Release").click()
    page.get_by_label("Reason, for the audit").fill("the test is over")
    page.locator("dialog").get_by_role("button", name="Release").click()
    page.wait_for_selector(".kill-banner", state="hidden")

    # What the browser kept works as well as what it gets.
    for path in ("/", "/runs", "/"):
        arrive(page, base, path)
    page.reload()
    page.wait_for_selector("main h1")
    tell("a page that the browser has kept works", page.locator("nav a").count() >= 7)

    # Without a connection the page says so, and finds back by itself.
    page.context.set_offline(True)
    page.wait_for_selector(".link-state:not([data-state=connected])", timeout=30000)
    page.context.set_offline(False)
    page.wait_for_selector(".link-state[data-state=connected]", timeout=30000)
    tell("a lost connection is told, and found again", True)
    # A refused form, a service that is not ready while the switch is engaged, and the lost connection.
    known = ("422", "/ready", "net::ERR_INTERNET_DISCONNECTED")
    watch.problems = [one for one in watch.problems if not any(word in one for word in known)]
    tell("a quiet console", not watch.problems, watch.problems)
    tell("no other host", not watch.foreign, watch.foreign)
