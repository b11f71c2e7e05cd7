internal import Trading
internal import Units

/// Records of monitors: bands of risk, and what strategies say of their changes.
extension RunLogWriter {
    func appendMonitorEvent(_ event: RunEvent, _ time: Instant) throws {
        switch event {
        case .riskMoved(let reading, let strategy):
            var pen = try begin(.riskMoved, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(reading.measure.rawValue)
            pen.put(reading.band.rawValue)
            pen.put(reading.value.mantissa)
            pen.put(reading.value.scale.decimals)
            finish(pen)
        case .rebalanced(let action, let reason, let strategy):
            var pen = try begin(.rebalanced, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(action.rawValue)
            pen.put(reason.rawValue)
            finish(pen)
        default: break
        }
    }
}

extension RunLogReader {
    static func decodeMonitorEvent(
        _ kind: RunLogFormat.Kind, _ payload: inout PayloadReader
    ) -> RunEvent? {
        guard let strategy = payload.take(UInt32.self) else { return nil }
        if kind == .rebalanced {
            guard let action = payload.take(UInt8.self).flatMap(PositionAction.init(rawValue:)),
                let reason = payload.take(UInt8.self).flatMap(RebalanceReason.init(rawValue:))
            else { return nil }
            return .rebalanced(action, reason, strategy: Int(strategy))
        }
        guard let measure = payload.take(UInt8.self).flatMap(RiskMeasure.init(rawValue:)),
            let band = payload.take(UInt8.self).flatMap(RiskBand.init(rawValue:)),
            let mantissa = payload.take(Int128.self), let decimals = payload.take(UInt8.self),
            decimals <= Scale.maximum
        else { return nil }
        let value = ExactDecimal(mantissa: mantissa, scale: Scale(Int(decimals)))
        return .riskMoved(RiskReading(measure, value, band), strategy: Int(strategy))
    }
}
