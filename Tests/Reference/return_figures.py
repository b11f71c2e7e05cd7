"""Figures of seeded return series by quantstats, empyrical and scipy, for ReturnReferenceTests.

    python3 -m venv venv
    venv/bin/pip install quantstats==0.0.86 empyrical-reloaded==0.7.1 scipy
    venv/bin/python Tests/Reference/return_figures.py > Tests/Reference/return_figures.csv

The series come from SplitMix64, as in Sources/Units/Random, so the file holds figures alone. A line is
`case,seed,periods,a year,figure,value,source`.
"""
import math
import warnings

import empyrical
import numpy
import pandas
import scipy
from quantstats import stats

warnings.filterwarnings("ignore")
MASK = (1 << 64) - 1


def splitmix(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def series(seed, count):
    """Own and benchmark returns: sums of four draws, cubed for heavy tails on odd seeds."""
    draws = splitmix(seed)
    own, other = [], []
    for _ in range(count):
        market = sum(next(draws) % 2001 - 1000 for _ in range(4)) / 100000
        noise = sum(next(draws) % 2001 - 1000 for _ in range(4)) / 200000
        value = 0.0008 + 0.5 * market + noise
        if seed % 2 == 1:
            value = 0.001 + 900 * noise * noise * noise + 0.25 * market
        own.append(value)
        other.append(0.0004 + market)
    return own, other


def figures(seed, count, year):
    own, other = series(seed, count)
    index = pandas.date_range("2020-01-01", periods=count, freq="D")
    returns, benchmark = pandas.Series(own, index=index), pandas.Series(other, index=index)
    greeks = stats.greeks(returns, benchmark, periods=year, prepare_returns=False)
    yield "total_return", empyrical.cum_returns_final(returns), "empyrical"
    yield "annualized_return", empyrical.annual_return(returns, annualization=year), "empyrical"
    yield "annualized_return", stats.cagr(returns, periods=year), "quantstats"
    yield "volatility", empyrical.annual_volatility(returns, annualization=year), "empyrical"
    yield "volatility", stats.volatility(returns, periods=year, prepare_returns=False), "quantstats"
    yield "sharpe", empyrical.sharpe_ratio(returns, annualization=year), "empyrical"
    yield "sharpe", stats.sharpe(returns, periods=year), "quantstats"
    yield "sortino", empyrical.sortino_ratio(returns, annualization=year), "empyrical"
    yield "sortino", stats.sortino(returns, periods=year), "quantstats"
    yield "max_drawdown", -empyrical.max_drawdown(returns), "empyrical"
    yield "max_drawdown", -stats.max_drawdown(returns), "quantstats"
    yield "calmar", empyrical.calmar_ratio(returns, annualization=year), "empyrical"
    yield "calmar", stats.calmar(returns, periods=year, prepare_returns=False), "quantstats"
    yield "expected_shortfall", empyrical.conditional_value_at_risk(returns, 0.05), "empyrical"
    yield "tail_ratio", empyrical.tail_ratio(returns), "empyrical"
    yield "tail_ratio", stats.tail_ratio(returns, prepare_returns=False), "quantstats"
    yield "skewness", stats.skew(returns, prepare_returns=False), "quantstats"
    yield "kurtosis", stats.kurtosis(returns, prepare_returns=False) + 3, "quantstats"
    yield "probabilistic_sharpe", stats.probabilistic_sharpe_ratio(returns), "quantstats"
    yield "best", returns.max(), "pandas"
    yield "worst", returns.min(), "pandas"
    yield "positive_periods", (returns > 0).mean(), "pandas"
    yield "beta", empyrical.beta(returns, benchmark), "empyrical"
    yield "beta", greeks["beta"], "quantstats"
    yield "alpha", greeks["alpha"], "quantstats"
    yield "correlation", numpy.corrcoef(returns, benchmark)[0, 1], "numpy"
    # Both give the information ratio of one period.
    root = math.sqrt(year)
    yield "information_ratio", empyrical.excess_sharpe(returns, benchmark) * root, "empyrical"
    yield "information_ratio", stats.information_ratio(returns, benchmark, False) * root, "quantstats"
    yield "tracking_error", (returns - benchmark).std() * root, "pandas"
    # Bailey and Lopez de Prado 2014 for 7 x seed trials whose Sharpe ratios have a variance of 0.002.
    trials, gamma = 7 * seed, 0.5772156649015329
    quantile = scipy.stats.norm.ppf
    threshold = math.sqrt(0.002) * (
        (1 - gamma) * quantile(1 - 1 / trials) + gamma * quantile(1 - 1 / (trials * math.e)))
    ratio, skewness, kurtosis = returns.mean() / returns.std(), returns.skew(), returns.kurtosis() + 3
    error = math.sqrt((1 - skewness * ratio + (kurtosis - 1) / 4 * ratio**2) / (count - 1))
    yield "deflated_sharpe", scipy.stats.norm.cdf((ratio - threshold) / error), "scipy"


CASES = [(1, 30, 365), (2, 41, 252), (3, 250, 365), (4, 366, 365), (5, 1000, 252), (6, 1461, 365), (7, 4, 365)]

if __name__ == "__main__":
    print("seed,periods,periods_per_year,figure,value,source")
    for seed, count, year in CASES:
        for name, value, source in figures(seed, count, year):
            print(f"{seed},{count},{year},{name},{float(value)!r},{source}")
    for x in [-37.0, -20.0, -8.5, -5.0, -3.0, -1.96, -1.0, -0.3, -1e-9, 0.0, 0.1, 0.674, 1.0, 2.5, 4.0, 6.0, 8.0]:
        print(f"0,0,0,cumulative {x!r},{float(scipy.special.ndtr(x))!r},scipy")
    for p in [1e-300, 1e-100, 1e-20, 1e-12, 1e-9, 1e-5, 0.001, 0.02425, 0.0749, 0.0751, 0.2, 0.425, 0.5, 0.6, 0.9,
              0.9249, 0.9251, 0.95, 0.975, 0.999, 0.999999, 1 - 1e-12]:
        print(f"0,0,0,quantile {p!r},{float(scipy.special.ndtri(p))!r},scipy")
