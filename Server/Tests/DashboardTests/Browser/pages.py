"""Every page, at the width of a phone and of a desk, light and dark: a picture, axe-core, console, hosts, width."""

from browser import Watch, arguments, arrive, axe_findings, chromium, tell

base, output, more = arguments()

with chromium() as browser:
    for width in (360, 1280):
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce")
            for name, path in more["pages"].items():
                page = context.new_page()
                watch = Watch(page, base)
                label = f"{name} {width} {theme}"
                try:
                    arrive(page, base, path)
                    page.wait_for_timeout(300)
                    page.screenshot(path=f"{output}/{name}-{width}-{theme}.png", full_page=True)
                    findings = axe_findings(page)
                    excess = page.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    tell(f"{label}: nothing serious by axe-core", not findings, findings)
                    tell(f"{label}: it fits its width", excess <= 0, f"{excess} pixels too wide")
                    tell(f"{label}: it has one heading", page.locator("main h1").count() == 1)
                    known = name == "missing" and all("404" in one for one in watch.problems)
                    tell(f"{label}: a quiet console", not watch.problems or known, watch.problems)
                    tell(f"{label}: no other host", not watch.foreign, watch.foreign)
                except Exception as error:
                    tell(f"{label}: it can be opened", False, f"{error} {watch.problems}")
                page.close()
            context.close()
