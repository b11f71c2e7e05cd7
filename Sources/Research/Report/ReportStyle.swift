/// The look of the report and the few lines of script that show values under the pointer. The page reads
/// fully without the script.
enum ReportStyle {
    /// Shapes that drawings use by name; tips at the point they mark.
    static let shapes = """
        <svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false"><defs>\
        <path id="buy" d="M0 1.5L5 10H-5Z"/><path id="sell" d="M0-1.5L5-10H-5Z"/>\
        <linearGradient id="fade" x1="0" y1="0" x2="0" y2="1"><stop offset="0" class="s0"/>\
        <stop offset="1" class="s1"/></linearGradient></defs></svg>

        """

    /// The style sheet.
    static let sheet = colors + layout + charts + tables + media

    private static let colors = """
        :root {
          color-scheme: light dark; --paper: #f6f5f1; --card: #fff; --ink: #16242b; --dim: #56656d;
          --line: #e2dfd6; --grid: #ebe8e0; --accent: #0d6b81; --gain: #16774a; --loss: #b5382a;
          --warn: #7a5600; --warnback: #fdf3d7; --warnline: #e5c977; --g: 22,119,74; --l: 181,56,42;
          --band: rgba(181,56,42,.07);
        }
        @media(prefers-color-scheme:dark) {
          :root {
            --paper: #0d1519; --card: #131e24; --ink: #e5edf0; --dim: #96a7af; --line: #243239;
            --grid: #1e2b32; --accent: #5fc8dd; --gain: #4ec58d; --loss: #ff8673; --warn: #f0cf82;
            --warnback: #28210f; --warnline: #5d4b1c; --g: 78,197,141; --l: 255,134,115;
            --band: rgba(255,134,115,.09);
          }
        }

        """

    private static let layout = """
        * { box-sizing:border-box }
        html { -webkit-text-size-adjust:100% }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",
            Arial,sans-serif;
          font-variant-numeric: tabular-nums;
        }
        main, footer { max-width:1120px; margin:0 auto; padding:0 24px }
        header {
          border-top: 4px solid var(--accent); padding: 36px 0 20px; display: flex; gap: 16px 32px;
          justify-content: space-between; align-items: flex-end;
        }
        .eyebrow {
          margin: 0 0 4px; color: var(--accent); font-size: 12px; font-weight: 650; letter-spacing: .1em;
          text-transform: uppercase;
        }
        h1 {
          margin: 0; font-size: 34px; line-height: 1.15; letter-spacing: -.02em; font-weight: 680;
          overflow-wrap: anywhere;
        }
        .sub { margin:8px 0 0; color:var(--dim); max-width:86ch; overflow-wrap:anywhere }
        .verdict { text-align:right; margin:0; white-space:nowrap }
        .verdict b {
          display: block; font-size: 40px; line-height: 1.1; letter-spacing: -.03em; font-weight: 680;
        }
        .verdict span { color:var(--dim) }
        .up { color:var(--gain) }
        .down { color:var(--loss) }
        .dim { color:var(--dim) }
        .tiles {
          display: grid; grid-template-columns: repeat(4,1fr); gap: 1px; margin: 8px 0 0; padding: 0;
          background: var(--line); border: 1px solid var(--line); border-radius: 12px; overflow: hidden;
        }
        .tiles div { background:var(--card); padding:14px 18px }
        .tiles dt { color:var(--dim); font-size:13px }
        .tiles dd { margin:2px 0 0; font-size:22px; font-weight:620; letter-spacing:-.01em }
        section { margin:40px 0 0 }
        h2 { margin:0 0 4px; font-size:20px; letter-spacing:-.01em; font-weight:660 }
        h3 { margin:24px 0 6px; font-size:15px; font-weight:640 }
        .lead { margin:0 0 14px; color:var(--dim); max-width:80ch }
        .card {
          background: var(--card); border: 1px solid var(--line); border-radius: 12px;
          padding: 20px 22px;
        }
        .note {
          background: var(--warnback); border: 1px solid var(--warnline); color: var(--warn);
          border-radius: 12px; padding: 12px 18px; margin: 20px 0 0; overflow-wrap: anywhere;
        }
        .note p { margin:0 }
        .note p+p { margin-top:6px }
        .pair { display:grid; grid-template-columns:repeat(auto-fit,minmax(320px,1fr)); gap:0 40px }
        code, .hash {
          font-family: ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;
          font-size: 13px;
        }
        .hash {
          overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line);
          border-radius: 8px; padding: 10px 12px; margin: 8px 0;
        }
        footer { color:var(--dim); font-size:13px; padding-top:40px; padding-bottom:48px }
        ol, ul { margin:8px 0; padding-left:22px }
        li { margin:4px 0; overflow-wrap:anywhere }

        """

    private static let charts = """
        .fig+.lead, .scroll+.lead { margin:14px 0 0 }
        .cap {
          display: flex; flex-wrap: wrap; gap: 2px 18px; justify-content: space-between;
          margin: 0 0 10px; font-size: 13px; color: var(--dim);
        }
        .cap b { color:var(--ink); font-weight:620 }
        .key::before {
          content: ""; display: inline-block; width: 16px; height: 3px; border-radius: 2px;
          background: var(--accent); vertical-align: middle; margin-right: 6px;
        }
        .key.b::before, .key.s::before {
          width: 0; height: 0; background: none; border: 5px solid transparent;
          border-bottom: 9px solid var(--gain); border-top: 0;
        }
        .key.s::before { border-bottom:0; border-top:9px solid var(--loss) }
        .key.r::before { background:var(--loss) }
        .plot { position:relative; padding:6px 62px 28px 2px }
        .plot.bare { padding-bottom:20px }
        .plot svg { display:block; overflow:visible }
        .plot path { vector-effect:non-scaling-stroke; fill:none }
        .grid { stroke:var(--grid); stroke-width:1 }
        .tick { fill:var(--dim); font-size:12px }
        .curve { stroke:var(--accent); stroke-width:1.75; stroke-linejoin:round }
        .plot path.fill { fill:url(#fade) }
        .s0 { stop-color:var(--accent); stop-opacity:.24 }
        .s1 { stop-color:var(--accent); stop-opacity:.02 }
        .fall { stroke:var(--loss); stroke-width:1.25; stroke-linejoin:round }
        .plot path.hole { fill:rgba(var(--l),.2) }
        .plot path.held { fill:var(--accent); fill-opacity:.2 }
        .thin { stroke:var(--accent); stroke-width:1 }
        .quiet { stroke:var(--dim); stroke-width:1.25; stroke-linejoin:round }
        .run { stroke-width:1.6; stroke-linejoin:round }
        .r0 { stroke:var(--accent) } .r1 { stroke:#d9822b } .r2 { stroke:#7d4fc4 } .r3 { stroke:#2f9e5b }
        .r4 { stroke:#c73a63 } .r5 { stroke:#8a7a2f } .r6 { stroke:#4a72d0 } .r7 { stroke:#7b858a }
        .k1::before { background:#d9822b } .k2::before { background:#7d4fc4 }
        .k3::before { background:#2f9e5b } .k4::before { background:#c73a63 }
        .k5::before { background:#8a7a2f } .k6::before { background:#4a72d0 }
        .k7::before { background:#7b858a }
        .plot path.f0 { fill:var(--accent) } .plot path.f1 { fill:#d9822b } .plot path.f2 { fill:#7d4fc4 }
        .plot path.f3 { fill:#2f9e5b } .plot path.f4 { fill:#c73a63 } .plot path.f5 { fill:#8a7a2f }
        .plot path.f6 { fill:#4a72d0 } .plot path.f7 { fill:#7b858a }
        .plot path.stack { fill-opacity:.62 }
        .warned { stroke:var(--warnline); stroke-width:1; stroke-dasharray:2 3 }
        .reduced { stroke:#d9822b; stroke-width:1; stroke-dasharray:6 3 }
        .urgent { stroke:var(--loss); stroke-width:1 }
        .sum { stroke:var(--ink); stroke-width:1.9; stroke-linejoin:round }
        .key.sum::before { background:var(--ink) }
        .key { white-space:nowrap }
        .ghost { visibility:hidden }
        .bench { stroke:var(--dim); stroke-width:1.25; stroke-linejoin:round; opacity:.75 }
        .base { stroke:var(--dim); stroke-width:1; stroke-dasharray:3 4 }
        .zero { stroke:var(--dim); stroke-width:1 }
        .band { fill:var(--band) }
        .plot use.buy, .plot use.sell { stroke:var(--card); stroke-width:.75 }
        .buy { fill:var(--gain) }
        .sell { fill:var(--loss) }
        .hair {
          position: absolute; top: 6px; width: 1px; background: var(--dim); opacity: .6;
          pointer-events: none;
        }
        .tip {
          position: absolute; top: -14px; background: var(--ink); color: var(--paper); font-size: 12px;
          line-height: 1.35; padding: 4px 9px; border-radius: 6px; pointer-events: none;
          white-space: nowrap; z-index: 2;
        }

        """

    private static let tables = """
        .scroll { overflow-x:auto; -webkit-overflow-scrolling:touch }
        .scroll:focus-visible { outline:2px solid var(--accent); outline-offset:4px }
        table { border-collapse:collapse; width:100%; font-size:14px }
        caption {
          position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap;
        }
        th, td {
          padding: 7px 12px 7px 0; text-align: left; border-bottom: 1px solid var(--grid);
          vertical-align: top;
        }
        thead th {
          color: var(--dim); font-weight: 560; font-size: 13px; border-bottom-color: var(--line);
          white-space: nowrap;
        }
        tbody th { font-weight:520 }
        tbody tr:last-child>* { border-bottom:0 }
        .n { text-align:right; white-space:nowrap }
        .n:last-child { padding-right:0 }
        .defined th { white-space:nowrap }
        .defined td:last-child { color:var(--dim); min-width:240px }
        .card>h3:first-child, .pair h3:first-child { margin-top:0 }
        .tight td, .tight th { white-space:nowrap }
        .months { table-layout:fixed; min-width:760px }
        .months th, .months td { padding:3px; border:0; text-align:right }
        .months td span, .months td b {
          display: block; padding: 5px 7px; border-radius: 6px; font-weight: 500;
        }
        .months th { padding:8px 9px 8px 0 }
        .months tbody th { text-align:left }
        .months thead th:first-child { text-align:left }
        .months td b { font-weight:660 }
        .g1 { background:rgba(var(--g),.10) }
        .g2 { background:rgba(var(--g),.20) }
        .g3 { background:rgba(var(--g),.31) }
        .g4 { background:rgba(var(--g),.43) }
        .l1 { background:rgba(var(--l),.10) }
        .l2 { background:rgba(var(--l),.20) }
        .l3 { background:rgba(var(--l),.31) }
        .l4 { background:rgba(var(--l),.43) }
        .attr td:last-child { width:46%; padding-left:6px }
        .attr svg { display:block; overflow:visible }
        .attr rect.p { fill:var(--gain) }
        .attr rect.m { fill:var(--loss) }
        .words th { color:var(--dim); font-weight:500; width:40% }
        .words td { overflow-wrap:anywhere }
        .words thead { position:absolute; clip-path:inset(50%) }

        """

    private static let media = """
        @media(max-width:640px) {
          main, footer { padding-left:16px; padding-right:16px }
          h1 { font-size:27px }
          header { padding-top:24px; flex-direction:column; align-items:flex-start }
          .verdict { text-align:left }
          .verdict b { font-size:34px }
          .tiles { grid-template-columns:1fr 1fr }
          .tiles div { padding:11px 14px }
          .tiles dd { font-size:18px }
          .card { padding:16px 14px }
          .minor { display:none }
          .plot { padding-right:54px }
          .tick { font-size:11px }
          .attr td:last-child { width:30% }
          .pair { grid-template-columns:1fr }
          .pair>div+div { margin-top:20px }
          .months th:first-child, .months td:last-child {
            position: sticky; left: 0; z-index: 1; background: var(--card);
          }
          .months td:last-child { left:auto; right:0 }
          .defined thead { position:absolute; clip-path:inset(50%) }
          .defined tr {
            display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; padding: 8px 0;
            border-bottom: 1px solid var(--grid);
          }
          .defined th, .defined td { border:0; padding:0 }
          .defined td:last-child { grid-column:1/-1; min-width:0 }
        }
        @media print {
          :root {
            --paper: #fff; --card: #fff; --ink: #111; --dim: #4a4f52; --line: #cfcfcf; --grid: #e4e4e4;
            --accent: #0d6b81; --gain: #16774a; --loss: #b5382a; --warn: #5b4100; --warnback: #fff;
            --warnline: #b9963a; --g: 22,119,74; --l: 181,56,42; --band: rgba(181,56,42,.07);
          }
          * { -webkit-print-color-adjust:exact; print-color-adjust:exact }
          @page { size:A4; margin:14mm 13mm }
          body { font-size:10.5pt }
          main, footer { max-width:none; padding:0 }
          header { padding-top:10px }
          section { margin-top:22px }
          .card { border:0; padding:0 }
          .tiles { grid-template-columns:repeat(4,1fr) }
          .tiles div { padding:8px 10px }
          .tiles dd { font-size:14pt }
          table { font-size:8.6pt }
          .scroll { overflow:visible }
          .months { min-width:0 }
          th, td { padding-top:4px; padding-bottom:4px }
          .months td span, .months td b { padding:3px 4px }
          h2, h3, .lead { break-after:avoid }
          .plot, .fig, .pair, .lead, tr, .note, .tiles { break-inside:avoid }
          thead { break-after:avoid }
          tbody tr:first-child { break-before:avoid }
          .hair, .tip { display:none }
        }

        """

    /// Shows date and value under the pointer, read back from the curves themselves.
    static let script = """
        (function () {
          var format = new Intl.NumberFormat("en-US", {maximumSignificantDigits: 7});
          document.querySelectorAll(".plot").forEach(function (plot) {
            var curve = plot.querySelector("path[data-lo]"), svg = plot.querySelector("svg");
            var points, hair, tip;
            if (!curve) return;
            function read() {
              var x = 0, y = 0, all = [];
              curve.getAttribute("d").replace(/([MLHV])([^MLHV]*)/g, function (_, kind, text) {
                var parts = text.split(",");
                if (kind == "V") y = +text; else x = +parts[0];
                if (parts.length > 1) y = +parts[1];
                all.push([x, y]);
              });
              return all;
            }
            function make(tag, name) {
              var made = document.createElement(tag);
              made.className = name;
              plot.append(made);
              return made;
            }
            function leave() { if (hair) hair.hidden = tip.hidden = true; }
            plot.addEventListener("pointerleave", leave);
            plot.addEventListener("pointermove", function (event) {
              var box = svg.getBoundingClientRect(), at = (event.clientX - box.left) / box.width * 1000;
              if (at < 0 || at > 1000) { leave(); return; }
              points = points || read();
              var low = 0, high = points.length - 1;
              while (high - low > 1) {
                var middle = (low + high) >> 1;
                if (points[middle][0] > at) high = middle; else low = middle;
              }
              if (Math.abs(points[high][0] - at) < Math.abs(points[low][0] - at)) low = high;
              var bottom = +curve.dataset.lo, top = +curve.dataset.hi, unit = plot.dataset.unit;
              var value = top - (top - bottom) * points[low][1] / +svg.getAttribute("height");
              var start = +plot.dataset.t0, end = +plot.dataset.t1;
              var time = new Date(start + (end - start) * points[low][0] / 1000);
              hair = hair || make("i", "hair");
              tip = tip || make("span", "tip");
              hair.hidden = tip.hidden = false;
              var left = points[low][0] / 1000 * box.width;
              hair.style.left = left + 2 + "px";
              hair.style.height = box.height + "px";
              // Coordinates have 10,000 steps: over months that is a day's part, not a minute.
              var digits = end - start > 5e9 ? 10 : 16;
              tip.textContent = time.toISOString().slice(0, digits).replace("T", " ") + " · "
                + (unit == "%" ? (value * 100).toFixed(2) + " %" : format.format(value) + " " + unit);
              var room = box.width - tip.offsetWidth;
              tip.style.left = Math.max(0, Math.min(left - tip.offsetWidth / 2, room)) + "px";
            });
          });
        })();
        """
}
