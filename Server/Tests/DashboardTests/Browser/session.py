"""Logging in and out, tokens that expire under an open page, two tabs, and what a viewer is not shown."""

from browser import Watch, arguments, chromium, settle, tell

base, output, more = arguments()
password = more["password"]


def log_in(page, name, word=password):
    """Fills in the form that is shown and sends it."""
    page.wait_for_selector("h1:has-text('Log in')")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(word)
    page.get_by_role("button", name="Log in").click()


def refused(page):
    """What the login says when it refuses, once it does."""
    page.wait_for_selector("main [role=alert] p")
    return page.locator("main [role=alert]").inner_text()


def arrived(page, heading):
    """Waits for the page of a heading."""
    page.wait_for_selector(f"main h1:has-text('{heading}')")
    settle(page)


def shown(page):
    """The buttons and links that are seen and need a role, once the page has had the time to show them."""
    page.wait_for_timeout(200)
    return [one.inner_text().strip() or one.get_attribute("aria-label") for one in page.locator("[data-needs]").all() if one.is_visible()]


def tell_of_shown(check, page, is_good=True):
    """A finding: nothing that needs a role is seen, and what else must be."""
    names = shown(page)
    tell(check, is_good and names == [], names)


with chromium() as browser:
    context = browser.new_context(viewport={"width": 1280, "height": 900})

    page = context.new_page()
    page.goto(base + "/runs?status=completed")
    page.wait_for_selector("h1:has-text('Log in')")
    tell("who is not logged in is led to the login and keeps where to go", "next=%2Fruns%3Fstatus%3Dcompleted" in page.url, page.url)
    tell_of_shown("before the login nothing that needs a role is shown", page)
    log_in(page, "tessa", "a wrong password that is long")
    said = refused(page)
    tell("a wrong password is told of, and which part was wrong is not", "not right" in said, said)
    tell("the wrong password is not kept in the field", page.get_by_label("Password").input_value() == "")
    log_in(page, "nobody-of-this-name", "a wrong password that is long")
    page.wait_for_selector("main [role=alert] p", state="detached")
    again = refused(page)
    tell("a name that is not known is answered as a wrong password", again == said, again)
    log_in(page, "tessa")
    arrived(page, "Runs")
    tell("after the login the page that was wanted is shown", page.url.endswith("/runs?status=completed"), page.url)
    tell("who is logged in is shown", "tessa (trader)" in page.locator(".sidebar").inner_text())
    names = shown(page)
    tell("a trader may start runs and engage the kill switch", {"New run", "Kill switch"} <= set(names), names)
    kept = page.evaluate("() => [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join()")
    tell("no token is stored in the browser", "ey" not in kept and "refresh" not in kept, kept)
    page.screenshot(path=f"{output}/session-trader.png")

    # A run is followed while access tokens come and go: their life is a few seconds here.
    page.goto(base + f"/runs/{more['run']}")
    log_in(page, "tessa")
    arrived(page, "sma-cross-day")
    refreshed, unknown = [], []
    page.on("response", lambda answer: refreshed.append(answer.status) if answer.url.endswith("/auth/refresh") else None)
    page.on("response", lambda answer: unknown.append(answer.url) if answer.status == 401 else None)
    before = page.evaluate("async () => (await import('/dashboard/api/session.js')).accessToken()")
    page.wait_for_timeout(int(more["lifetime"] * 1000) + 1500)
    page.locator(".nav a", has_text="Runs").click()
    arrived(page, "Runs")
    page.locator(".nav a", has_text="Strategies").click()
    arrived(page, "Strategies")
    after = page.evaluate("async () => (await import('/dashboard/api/session.js')).accessToken()")
    tell("an expired token is replaced without a word", refreshed and set(refreshed) == {200} and "/login" not in page.url, f"{refreshed} {page.url}")
    tell("the page goes on with a new token", before and after and before != after)
    tell("several requests with an expired token share one refresh", len(refreshed) <= 2, f"{len(refreshed)} refreshes, {len(unknown)} refusals")

    # Two tabs: a session each.
    other = context.new_page()
    other.goto(base + "/orders")
    log_in(other, "tessa")
    arrived(other, "Orders")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_selector("h1:has-text('Log in')")
    tell("after the logout the login is shown", "/login" in page.url, page.url)
    tell_of_shown("after the logout nothing that needs a role is shown", page)
    tell("after the logout the token is forgotten", page.evaluate("async () => (await import('/dashboard/api/session.js')).isLoggedIn()") is False)
    page.go_back()
    page.wait_for_selector("h1:has-text('Log in')")
    tell("going back shows nothing of the session", page.locator("main table").count() == 0)
    other.wait_for_timeout(int(more["lifetime"] * 1000) + 1500)
    other.locator(".nav a", has_text="Runs").click()
    arrived(other, "Runs")
    tell("the other tab goes on", "tessa (trader)" in other.locator(".sidebar").inner_text() and "/login" not in other.url)
    # A refresh token that is used twice ends the session it is of.
    other.evaluate("""async () => {
        const { send } = await import('/dashboard/api/client.js');
        const { accessToken } = await import('/dashboard/api/session.js');
        await send('POST', '/api/v1/auth/logout', { body: {} });
        return accessToken();
    }""")
    other.locator(".nav a", has_text="Orders").click()
    other.wait_for_selector("h1:has-text('Log in')")
    tell("a session that was ended elsewhere leads to the login", "/login" in other.url, other.url)
    log_in(other, "tessa")
    arrived(other, "Orders")
    tell("and the login leads back", other.url.endswith("/orders"), other.url)
    other.close()

    # Who may engage the kill switch may not release it.
    ask = """async ([path, token]) => (await fetch('/api/v1/kill-switch/' + path, { method: 'POST', body: JSON.stringify({ reason: 'a test of the session' }),
        headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + (token ?? (await import('/dashboard/api/session.js')).accessToken()) } })).status"""
    trader = context.new_page()
    trader.goto(base + "/")
    log_in(trader, "tessa")
    arrived(trader, "Overview")
    engaged = trader.evaluate(ask, ["engage", None])
    trader.evaluate("async () => (await import('/dashboard/shell/platform.js')).askPlatform()")
    trader.wait_for_selector(".kill-banner:not([hidden])")
    names = " ".join(shown(trader))
    tell("a trader engages the kill switch and sees no button that releases it", engaged == 200 and "Release" not in names, f"{engaged} {names}")
    released = trader.evaluate(ask, ["release", more["token"]])
    tell("an administrator releases it", released == 200, released)
    trader.close()

    # Where the login leads is a page of this site, whatever the address says.
    lured = context.new_page()
    for there in ("//evil.example/", "https://evil.example/"):
        lured.goto(base + "/login?next=" + there)
        log_in(lured, "tessa")
        arrived(lured, "Overview")
        tell(f"the login stays on this site for {there}", lured.url == base + "/", lured.url)
    lured.close()

    # A viewer looks, and does nothing.
    viewer = context.new_page()
    watch = Watch(viewer, base)
    viewer.goto(base + "/")
    log_in(viewer, "vera")
    arrived(viewer, "Overview")
    for name, link in {"Overview": "Overview", "Runs": "Runs", "Compare": "Compare", "Strategies": "Strategies", "Orders": "Orders",
                       "Logs": "Logs", "System": "System"}.items():
        place = viewer.locator(".nav a", has_text=link)
        if place.count() == 0:
            continue
        place.first.click()
        viewer.wait_for_timeout(300)
        settle(viewer)
        tell_of_shown(f"a viewer sees no button on {name} that needs more", viewer)
        tell(f"a viewer stays logged in on {name}", "/login" not in viewer.url, viewer.url)
    viewer.locator(".nav a", has_text="Runs").first.click()
    arrived(viewer, "Runs")
    viewer.locator("main tbody a").first.click()
    viewer.wait_for_timeout(800)
    settle(viewer)
    tell_of_shown("a viewer sees the page of a run without its buttons", viewer, "Its log lines" in viewer.locator("main").inner_text())
    answer = viewer.evaluate("""async () => {
        const { send } = await import('/dashboard/api/client.js');
        try { await send('POST', '/api/v1/kill-switch/engage', { body: { reason: 'x' } }); return 200; } catch (error) { return error.status; }
    }""")
    tell("what is not shown is refused as well", answer == 403, answer)
    viewer.screenshot(path=f"{output}/session-viewer.png")
    tell("nothing foreign is asked", watch.foreign == [], watch.foreign)
