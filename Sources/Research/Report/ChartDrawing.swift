internal import Units

/// One drawing over a span of time: an SVG whose curves stretch with the page while its text, lines and
/// marks keep their size, so that it reads on paper, a desk and a telephone.
struct ChartDrawing {
    /// Width of the stretched coordinates of curves.
    private static let breadth = 1_000.0

    let start: Int64
    let end: Int64
    let axis: ValueAxis
    let height: Double
    private var under = ""
    private var curves = ""
    private var over = ""

    /// A drawing.
    ///
    /// - Parameters:
    ///   - start: time at the left end.
    ///   - end: time at the right end.
    ///   - height: in pixels, without the labels below.
    init(from start: Int64, to end: Int64, axis: ValueAxis, height: Double) {
        (self.start, self.end, self.axis, self.height) = (start, end, axis, height)
    }

    /// Fraction of the breadth at a time, 0 to 1.
    private func fraction(_ time: Int64) -> Double {
        guard end > start else { return 0.5 }
        let part = (Double(time) - Double(start)) / (Double(end) - Double(start))
        return min(1, max(0, part))
    }

    private func x(_ time: Int64) -> String {
        ChartDrawing.coordinate(fraction(time) * ChartDrawing.breadth)
    }

    private func percent(_ time: Int64) -> String {
        NumberText.fixed(fraction(time) * 100, 2) + "%"
    }

    private func y(_ value: Double) -> Double {
        let part = (value - axis.low) / (axis.high - axis.low)
        return (1 - min(1, max(0, part))) * height
    }

    /// A number with at most one decimal.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let tenths = Int((value * 10).rounded())
        let text = (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10)"
        return tenths % 10 == 0 ? text : text + ".\(abs(tenths) % 10)"
    }

    /// A curve through points, straight from one to the next, or in steps that hold a value until the next.
    mutating func line(_ points: [ChartPoint], style: String, steps: Bool = false) {
        line([points], style: style, steps: steps)
    }

    /// A curve in stretches, with nothing between one and the next.
    mutating func line(_ stretches: [[ChartPoint]], style: String, steps: Bool = false) {
        guard stretches.contains(where: { !$0.isEmpty }) else { return }
        let low = NumberText.plain(axis.low)
        let high = NumberText.plain(axis.high)
        curves += "<path class=\"\(style)\" data-lo=\"\(low)\" data-hi=\"\(high)\" d=\""
        for points in stretches { curves += path(points, steps: steps) }
        curves += "\"/>"
    }

    /// The area between a curve and a level.
    mutating func area(_ points: [ChartPoint], to level: Double, style: String, steps: Bool = false) {
        guard let first = points.first, let last = points.last else { return }
        let base = ChartDrawing.coordinate(y(level))
        curves += "<path class=\"\(style)\" d=\"\(path(points, steps: steps))"
        curves += "L\(x(last.time)),\(base)L\(x(first.time)),\(base)Z\"/>"
    }

    /// The area between two curves over the same times.
    mutating func ribbon(from lower: [ChartPoint], to upper: [ChartPoint], style: String) {
        guard !upper.isEmpty, lower.count == upper.count else { return }
        curves += "<path class=\"\(style)\" d=\"\(path(upper, steps: false))"
        for point in lower.reversed() {
            curves += "L\(x(point.time)),\(ChartDrawing.coordinate(y(point.value)))"
        }
        curves += "Z\"/>"
    }

    private func path(_ points: [ChartPoint], steps: Bool) -> String {
        var text = ""
        var before = ""
        for (index, point) in points.enumerated() {
            let here = ChartDrawing.coordinate(y(point.value))
            if index == 0 {
                text += "M\(x(point.time)),\(here)"
            } else if steps {
                text += "H\(x(point.time))" + (here == before ? "" : "V\(here)")
            } else {
                text += "L\(x(point.time)),\(here)"
            }
            before = here
        }
        return text
    }

    /// A level across the drawing.
    mutating func level(_ value: Double, style: String) {
        let place = ChartDrawing.coordinate(y(value))
        under += "<line class=\"\(style)\" x1=\"0\" x2=\"100%\" y1=\"\(place)\" y2=\"\(place)\"/>"
    }

    /// A shaded span of time.
    mutating func band(from: Int64, to: Int64, style: String) {
        let breadth = NumberText.fixed((fraction(to) - fraction(from)) * 100, 2)
        under +=
            "<rect class=\"\(style)\" x=\"\(percent(from))\" width=\"\(breadth)%\" y=\"0\" height=\"100%\"/>"
    }

    /// A mark at a point: the name of a shape of ``ReportStyle/shapes``.
    mutating func mark(_ shape: String, time: Int64, value: Double) {
        over += "<use href=\"#\(shape)\" class=\"\(shape)\" x=\"\(percent(time))\" y=\""
        over += ChartDrawing.coordinate(y(value)) + "\"/>"
    }

    /// The drawing as markup.
    ///
    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: what it shows.
    ///   - description: what there is to see, in a sentence, for those who do not see it.
    ///   - unit: of the values, for the pointer's label.
    ///   - showsTime: whether the labels of the time axis are drawn.
    func markup(id: String, title: String, description: String, unit: String, showsTime: Bool) -> String {
        let size = ChartDrawing.coordinate(height)
        var text = "<div class=\"plot\(showsTime ? "" : " bare")\" data-t0=\"\(start / 1_000_000)\""
        text += " data-t1=\"\(end / 1_000_000)\" data-unit=\"\(HTMLText.escape(unit))\">"
        text += "<svg role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\" width=\"100%\" height=\"\(size)\">"
        text += "<title id=\"\(id)-t\">\(HTMLText.escape(title))</title>"
        text += "<desc id=\"\(id)-d\">\(HTMLText.escape(description))</desc>\n"
        text += grid(showsTime: showsTime) + under
        text += "<svg viewBox=\"0 0 1000 \(size)\" preserveAspectRatio=\"none\" width=\"100%\""
        text += " height=\"\(size)\" overflow=\"visible\">\(curves)</svg>\n"
        return text + over + "</svg></div>\n"
    }

    private func grid(showsTime: Bool) -> String {
        var text = ""
        for tick in axis.ticks {
            let place = ChartDrawing.coordinate(y(tick))
            text += "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(place)\" y2=\"\(place)\"/>"
            text += "<text class=\"tick\" x=\"100%\" y=\"\(place)\" dx=\"8\" dy=\"4\">"
            let label = axis.label(tick)
            text += (label.hasPrefix("-") ? "−" + label.dropFirst() : label) + "</text>"
        }
        for (index, tick) in TimeAxis.ticks(from: start, to: end).enumerated() {
            let place = percent(tick.time)
            let minor = index % 2 == 1 ? " minor" : ""
            text += "<line class=\"grid\(minor)\" x1=\"\(place)\" x2=\"\(place)\" y1=\"0\" y2=\"100%\"/>"
            guard showsTime else { continue }
            let part = fraction(tick.time)
            let anchor = part < 0.04 ? "start" : part > 0.96 ? "end" : "middle"
            text +=
                "<text class=\"tick\(minor)\" x=\"\(place)\" y=\"100%\" dy=\"20\" text-anchor=\"\(anchor)\">"
            text += HTMLText.escape(tick.label) + "</text>"
        }
        return text + "\n"
    }
}
