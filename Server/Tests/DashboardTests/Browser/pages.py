"""Every page, at the width of a phone and of a desk, light and dark: a picture, axe-core, console, hosts, width.

A page is opened once, at the width of a phone, and then changes its width and its colours as a person's screen does;
axe-core looks at all of it at either width, and at its colours in either theme. With `isLong` every page is opened
anew for each of them, and axe-core looks at all each time.
"""

from browser import Watch, arguments, arrive, axe_findings, chromium, tell

base, output, more = arguments()
HEIGHT = 800
ALL_RULES = None
# The rules of axe-core that look at colours; all others see the same in light and dark.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
NO_RULES = []
LOOKS = [
    (360, "light", ALL_RULES), (360, "dark", NO_RULES), (1280, "dark", ALL_RULES), (1280, "light", RULES_OF_COLOURS),
]


def is_in_colour(page, theme):
    """Whether the page has the colours of a theme: what it is written on is bright, or it is not."""
    return page.evaluate("""(theme) => {
        const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number);
        return (0.3 * red + 0.6 * green + 0.1 * blue > 128) === (theme === 'light');
    }""", theme)


def look(page, watch, name, width, theme, rules):
    """What is to be found of a page that has its content."""
    label = f"{name} {width} {theme}"
    findings = axe_findings(page, rules) if rules != NO_RULES else []
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if rules != NO_RULES:
        tell(f"{label}: nothing serious by axe-core", not findings, findings)
    tell(f"{label}: it fits its width", excess <= 0, f"{excess} pixels too wide")
    tell(f"{label}: it has one heading", page.locator("main h1").count() == 1)
    tell(f"{label}: it has the colours", is_in_colour(page, theme))
    known = name == "missing" and all("404" in one for one in watch.problems)
    tell(f"{label}: a quiet console", not watch.problems or known, watch.problems)
    tell(f"{label}: no other host", not watch.foreign, watch.foreign)


def in_turn(browser):
    """Each page once, in all its looks."""
    context = browser.new_context(viewport={"width": 360, "height": HEIGHT}, reduced_motion="reduce")
    for name, path in more["pages"].items():
        page = context.new_page()
        watch = Watch(page, base)
        try:
            page.emulate_media(color_scheme="light")
            arrive(page, base, path)
            page.wait_for_timeout(300)
            for width, theme, rules in LOOKS:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                page.emulate_media(color_scheme=theme)
                # What is drawn follows by observers, which are called with a frame, and is there in the next.
                page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))")
                look(page, watch, name, width, theme, rules)
            page.screenshot(path=f"{output}/{name}-{width}-{theme}.png", full_page=True)
        except Exception as error:
            tell(f"{name}: it can be opened", False, f"{error} {watch.problems}")
        page.close()


def anew(browser):
    """Each page in each of its looks, opened for it."""
    for width, theme, _ in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, color_scheme=theme, reduced_motion="reduce")
        for name, path in more["pages"].items():
            page = context.new_page()
            watch = Watch(page, base)
            try:
                arrive(page, base, path)
                page.wait_for_timeout(300)
                page.screenshot(path=f"{output}/{name}-{width}-{theme}.png", full_page=True)
                look(page, watch, name, width, theme, ALL_RULES)
            except Exception as error:
                tell(f"{name} {width} {theme}: it can be opened", False, f"{error} {watch.problems}")
            page.close()
        context.close()


with chromium() as browser:
    (anew if more.get("isLong") else in_turn)(browser)
