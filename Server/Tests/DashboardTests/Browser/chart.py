"""A chart of 100,000 points: how long a frame takes while it is moved, zoomed and read."""

from browser import arguments, arrive, chromium, tell

base, output, more = arguments()
TURNS = 120

MEASURE = """async ([count, turns]) => {
    const { EquityChart } = await import('/dashboard/charts/equity.js');
    const main = document.querySelector('main .page');
    const ending = new AbortController();
    const made = new EquityChart({ asset: 'USDT', initial: 100000, signal: ending.signal, exposure: true });
    let [value, seed] = [100000, 1];
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const first = Date.UTC(2015, 0, 1);
    const filled = performance.now();
    for (let index = 0; index < count; index += 1) {
        value += (random() - 0.5) * 300;
        made.push(first + index * 3600000, value);
        made.exposure.push(first + index * 3600000, random() - 0.5);
    }
    main.replaceChildren(made.element);
    made.update();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const chart = made.chart;
    const ready = performance.now() - filled;
    chart.frames.length = 0;
    const span = chart.whole.to - chart.whole.from;
    const intervals = [];
    let last = null;
    for (let frame = 0; frame < turns; frame += 1) {
        const share = frame / turns;
        if (share < 1 / 3) chart.setView(chart.whole.from + share * span * 0.2, chart.whole.to - share * span * 0.2);
        else if (share < 2 / 3) chart.setView(chart.whole.from + span * (share - 0.3), chart.whole.from + span * (share + 0.2));
        else chart.setCursor(chart.whole.from + span * share);
        const at = await new Promise((resolve) => requestAnimationFrame(resolve));
        if (last !== null) intervals.push(at - last);
        last = at;
    }
    const sorted = (list) => [...list].sort((a, b) => a - b);
    const at = (list, share) => sorted(list)[Math.floor((list.length - 1) * share)];
    const result = { ready, painted: chart.frames.length, median: at(chart.frames, 0.5), p95: at(chart.frames, 0.95), worst: at(chart.frames, 1), interval: at(intervals, 0.5) };
    return result;
}"""

with chromium() as browser:
    for width, height in ((1280, 900), (360, 800)):
        page = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1).new_page()
        arrive(page, base, "/login")
        few = page.evaluate(MEASURE, [2000, 60])
        found = page.evaluate(MEASURE, [100000, TURNS])
        text = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
        text += f"; median with 2,000 points {few['median']:.2f}"
        print(f"chart of 100,000 points at {width} px: {text} (milliseconds, {int(found['painted'])} frames)", flush=True)
        tell(f"{width} px: frames were painted", found["painted"] > TURNS * 5 / 6, text)
        # Absolute times are for people to read: how busy the machine is decides them. Fifty times the points may
        # cost a few times as much, as what is drawn depends on the pixels.
        tell(f"{width} px: many points cost little more than few", found["median"] < 10 * max(few["median"], 0.4), text)
        page.screenshot(path=f"{output}/chart-100000-{width}.png")
        page.close()
