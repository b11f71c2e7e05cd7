internal import Events
internal import Markets
internal import StrategyKit
internal import Units

/// Asks a model for signals, one bar after the other.
final class InferenceClient {
    /// What is asked: a market at the close of a bar, with the bars up to it, oldest first.
    struct Question {
        let instrument: InstrumentID
        let time: Instant
        let timeframe: Timeframe
        let bars: [Bar]
        let priceScale: Scale
        let volumeScale: Scale
    }

    private let connection: PlainHTTPConnection
    private let token: String?
    private let seconds: Double
    private let retries: Int
    private let wait: (Double) -> Void

    /// - Parameters:
    ///   - token: sent as `Authorization: Bearer`; nil sends none.
    ///   - seconds: the most that one answer may take.
    ///   - retries: how often a question is asked again that may be answered then, after 0.2 s, then twice as
    ///     long each time.
    ///   - wait: waits so many seconds.
    init(
        _ address: EndpointAddress, token: String?, seconds: Double, retries: Int,
        wait: @escaping (Double) -> Void
    ) {
        connection = PlainHTTPConnection(address)
        (self.token, self.seconds, self.retries, self.wait) = (token, seconds, retries, wait)
    }

    /// The answer to a question.
    func ask(_ question: Question) throws(InferenceFailure) -> MarketSignal {
        var pause = 0.2
        var left = retries
        while true {
            do throws(InferenceFailure) {
                return try answer(question)
            } catch {
                guard error.isTransient, left > 0 else { throw error }
                left -= 1
                wait(pause)
                pause *= 2
            }
        }
    }

    private func answer(_ question: Question) throws(InferenceFailure) -> MarketSignal {
        let headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        let answer = try connection.post(question.json.bytes, headers: headers, within: seconds)
        guard answer.status == 200 else { throw .status(answer.status) }
        let object: JSONText
        do {
            object = try JSONText(parsing: String(decoding: answer.body, as: UTF8.self))
        } catch { throw .noSignal("it is no JSON (\(error))") }
        return try InferenceClient.signal(object)
    }

    /// `{"signal": "long", "confidence": 0.83, "stop_loss": 41900.5, "take_profit": "42500", "sd": 0.002}`;
    /// all but the first two may be left out or null. Numbers are JSON numbers or texts.
    static func signal(_ object: JSONText) throws(InferenceFailure) -> MarketSignal {
        guard object.members != nil else { throw .noSignal("it is no object") }
        let words = MarketSignal.Direction.allCases
        guard let word = object["signal"]?.text?.lowercased(),
            let direction = words.first(where: { $0.name == word })
        else {
            throw .noSignal("\"signal\" is none of \(words.map(\.name).joined(separator: ", "))")
        }
        let confidence = try number("confidence", of: object)
        guard confidence >= .zero, confidence <= ExactDecimal(1), object["confidence"] != .null else {
            throw .noSignal("\"confidence\" is not a number from 0 to 1")
        }
        var signal = MarketSignal(direction, confidence: confidence)
        signal.stopLoss = try number("stop_loss", of: object)
        signal.takeProfit = try number("take_profit", of: object)
        signal.deviation = try number("sd", of: object)
        let (stop, take) = (signal.stopLoss, signal.takeProfit)
        if stop > .zero, take > .zero,
            direction == .long && stop >= take || direction == .short && stop <= take
        {
            throw .noSignal("\"stop_loss\" and \"take_profit\" are on the wrong sides of each other")
        }
        return signal
    }

    /// A number that is not negative; 0 where it is left out.
    private static func number(
        _ key: String, of object: JSONText
    ) throws(InferenceFailure) -> ExactDecimal {
        guard let value = object[key], value != .null else {
            if key == "confidence" { throw .noSignal("\"confidence\" is missing") }
            return .zero
        }
        let text = value.text ?? value.double?.description ?? ""
        guard let number = ExactDecimal(plain(text)), !number.isNegative,
            number.normalized.scale <= Scale(12), number < ExactDecimal(1_000_000_000)
        else {
            throw .noSignal("\"\(key)\" is not a number from 0 up with at most 12 decimals")
        }
        return number.normalized
    }

    /// A number without an exponent: `1e-05` as `0.00001`.
    private static func plain(_ text: String) -> String {
        let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
        guard parts.count == 2, let exponent = Int(parts[1]), abs(exponent) <= 24 else { return text }
        let digits = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let (whole, fraction) = (String(digits[0]), digits.count > 1 ? String(digits[1]) : "")
        if exponent < 0 {
            let all = String(repeating: "0", count: -exponent) + whole
            return all.dropLast(-exponent) + "." + all.suffix(-exponent) + fraction
        }
        let all = fraction + String(repeating: "0", count: max(0, exponent - fraction.count))
        return whole + all.prefix(exponent) + "." + all.dropFirst(exponent) + "0"
    }
}

extension InferenceClient.Question {
    /// The body of the request.
    var json: JSONText {
        func text(_ mantissa: Int64, _ scale: Scale) -> JSONText {
            .string(ExactDecimal(mantissa: Int128(mantissa), scale: scale).normalized.description)
        }
        return .object([
            JSONMember("symbol", .string(instrument.symbol)),
            JSONMember("instrument", .string(instrument.description)),
            JSONMember("timestamp", .time(time)), JSONMember("timeframe", .string(timeframe.description)),
            JSONMember(
                "bars",
                .list(
                    bars.map { bar in
                        .object([
                            JSONMember("time", .time(bar.openTime)),
                            JSONMember("open", text(bar.open.mantissa, priceScale)),
                            JSONMember("high", text(bar.high.mantissa, priceScale)),
                            JSONMember("low", text(bar.low.mantissa, priceScale)),
                            JSONMember("close", text(bar.close.mantissa, priceScale)),
                            JSONMember("volume", text(bar.volume.mantissa, volumeScale)),
                        ])
                    })),
        ])
    }
}
