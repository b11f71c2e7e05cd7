internal import Units

extension WalkForwardResult {
    /// `folds.csv`: what each fold chose and what became of it. `train` holds the windows as `start/end`,
    /// several of them separated by spaces.
    public func foldTable() -> TextBuffer {
        let buffer = TextBuffer(capacity: folds.count * 256 + 256)
        let objective = plan.sweep.objective.rawValue
        let names = plan.sweep.axes.map { TextBuffer.field($0.name) }
        buffer.append("fold,train,test_start,test_end,")
        for name in names { buffer.append(name + [0x2C]) }
        buffer.append("in_sample_\(objective),out_of_sample_\(objective),total_return,max_drawdown,trades,")
        buffer.append("fills,initial_equity,final_equity\n")
        for fold in folds {
            buffer.append("\(fold.fold.number),")
            buffer.append(fold.fold.train.map { "\($0.start)/\($0.end)" }.joined(separator: " "))
            buffer.append(",\(fold.fold.test.start),\(fold.fold.test.end),")
            for text in texts(of: fold.point) { buffer.append(TextBuffer.field(text) + [0x2C]) }
            let figures = [
                fold.trainValue, fold.testValue, fold.statistics.totalReturn, fold.statistics.maxDrawdown,
            ]
            for figure in figures { buffer.append(WalkForwardResult.cell(figure) + ",") }
            buffer.append("\(fold.result.tradeCount),\(fold.result.fillCount),")
            buffer.append("\(fold.result.initialEquity),\(fold.result.finalEquity)\n")
        }
        return buffer
    }

    /// `stability.csv`: each point of the grid with its mean training score and those of its neighbours.
    public func stabilityTable() -> TextBuffer {
        let buffer = TextBuffer(capacity: stability.points.count * 96 + 256)
        for axis in plan.sweep.axes { buffer.append(TextBuffer.field(axis.name) + [0x2C]) }
        buffer.append("mean_score,neighbour_mean,neighbour_worst,relative_mean,relative_worst,shape,on_edge,")
        buffer.append("folds\n")
        for (index, point) in stability.points.enumerated() {
            for text in texts(of: index) { buffer.append(TextBuffer.field(text) + [0x2C]) }
            let figures = [
                point.score, point.neighbourMean, point.neighbourWorst, point.relativeMean,
                point.relativeWorst,
            ]
            for figure in figures { buffer.append(WalkForwardResult.cell(figure) + ",") }
            buffer.append("\(point.shape?.rawValue ?? ""),\(point.isOnEdge),\(point.choices)\n")
        }
        return buffer
    }

    private static func cell(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return value == 0 ? "0" : value.description
    }
}
