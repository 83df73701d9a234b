//! Numbers, dates and the order of texts in American English: what Node 20 with its full tables answers.

use crate::lab::{prints, raises, value};

/// Each expression and the text that it gives.
#[track_caller]
fn check(cases: &[(&str, &str)]) {
    let list = cases.iter().map(|(code, _)| format!("String({code})")).collect::<Vec<_>>().join(",\n");
    let printed = prints(format!("for (const text of [{list}]) console.log(text)"));
    for (shown, (code, expected)) in printed.lines().zip(cases) {
        assert_eq!(shown, *expected, "{code}");
    }
    assert_eq!(printed.lines().count(), cases.len());
}

#[test]
fn numbers_have_separators_and_as_many_digits_as_asked_for() {
    check(&[
        ("(1234567.891).toLocaleString()", "1,234,567.891"),
        (
            "(1234.5).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })",
            "1,234.50",
        ),
        ("(1.005).toLocaleString(undefined, { maximumFractionDigits: 2 })", "1.01"),
        ("(2.5).toLocaleString('de-DE', { maximumFractionDigits: 0 })", "3"),
        ("(1e21).toLocaleString()", "1,000,000,000,000,000,000,000"),
        ("(0.1 + 0.2).toLocaleString()", "0.3"),
        ("(0.00001234).toLocaleString()", "0"),
        ("(-0).toLocaleString()", "-0"),
        ("NaN.toLocaleString() + Infinity.toLocaleString()", "NaN∞"),
        ("(5).toLocaleString('en-US', { minimumIntegerDigits: 2 })", "05"),
        ("(1234.5).toLocaleString('en-US', { useGrouping: false })", "1234.5"),
        ("(123456).toLocaleString('en-US', { maximumSignificantDigits: 3 })", "123,000"),
        ("(0).toLocaleString('en-US', { minimumSignificantDigits: 3 })", "0.00"),
        ("(5).toLocaleString('en-US', { signDisplay: 'always' })", "+5"),
        ("(123456789012345678901234567890n).toLocaleString()", "123,456,789,012,345,678,901,234,567,890"),
        ("[1234.5, null, 2n].toLocaleString()", "1,234.5,,2"),
    ]);
}

#[test]
fn currencies_percents_units_and_short_forms() {
    check(&[
        ("(-1234.567).toLocaleString('en-US', { style: 'currency', currency: 'USD' })", "-$1,234.57"),
        ("(1234.5).toLocaleString('en-US', { style: 'currency', currency: 'jpy' })", "¥1,235"),
        ("(1234.5).toLocaleString('en-US', { style: 'currency', currency: 'CHF' })", "CHF\u{a0}1,234.50"),
        (
            "(1234).toLocaleString('en-US', { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 })",
            "€1,234",
        ),
        (
            "(-5).toLocaleString('en-US', { style: 'currency', currency: 'USD', currencySign: 'accounting' })",
            "($5.00)",
        ),
        (
            "(12).toLocaleString('en-US', { style: 'currency', currency: 'USD', currencyDisplay: 'name' })",
            "12.00 US dollars",
        ),
        ("(0.2567).toLocaleString('en-US', { style: 'percent', minimumFractionDigits: 1 })", "25.7%"),
        ("(50).toLocaleString('en-US', { style: 'unit', unit: 'kilometer-per-hour' })", "50 km/h"),
        ("(1).toLocaleString('en-US', { style: 'unit', unit: 'day', unitDisplay: 'long' })", "1 day"),
        ("new Intl.NumberFormat('en', { notation: 'compact' }).format(1234567)", "1.2M"),
        ("Intl.NumberFormat('en', { notation: 'compact' }).format(999999)", "1M"),
        (
            "new Intl.NumberFormat('en', { notation: 'compact', compactDisplay: 'long' }).format(1234567)",
            "1.2 million",
        ),
        ("new Intl.NumberFormat('en', { notation: 'compact' }).format(12.34)", "12"),
        ("[1e3, 2.5].map(new Intl.NumberFormat('en-US').format)", "1,000,2.5"),
        ("new Intl.NumberFormat('fr').resolvedOptions().locale", "en-US"),
        (
            "new Intl.NumberFormat('en').formatToParts(1234.5).map((part) => part.type).join()",
            "integer,group,integer,decimal,fraction",
        ),
    ]);
}

#[test]
fn dates_have_the_forms_that_programs_ask_for() {
    let at = |method: &str, options: &str| {
        format!("new Date(Date.UTC(2024, 0, 5, 13, 5, 9, 7)).{method}('en-US', {options})")
    };
    for (method, options, expected) in [
        ("toLocaleString", "", "1/5/2024, 1:05:09 PM"),
        ("toLocaleDateString", "", "1/5/2024"),
        ("toLocaleTimeString", "", "1:05:09 PM"),
        (
            "toLocaleDateString",
            "{ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }",
            "Friday, January 5, 2024",
        ),
        ("toLocaleDateString", "{ year: 'numeric', month: '2-digit', day: '2-digit' }", "01/05/2024"),
        ("toLocaleDateString", "{ month: 'short', day: 'numeric' }", "Jan 5"),
        ("toLocaleDateString", "{ weekday: 'short' }", "Fri"),
        ("toLocaleDateString", "{ month: 'long', year: 'numeric', timeZone: 'UTC' }", "January 2024"),
        ("toLocaleTimeString", "{ hour: '2-digit', minute: '2-digit' }", "01:05 PM"),
        ("toLocaleTimeString", "{ hour: '2-digit', minute: '2-digit', hour12: false }", "13:05"),
        ("toLocaleTimeString", "{ timeZoneName: 'short' }", "1:05:09 PM UTC"),
        ("toLocaleString", "{ dateStyle: 'medium', timeStyle: 'short' }", "Jan 5, 2024, 1:05 PM"),
        ("toLocaleString", "{ dateStyle: 'full', timeStyle: 'short' }", "Friday, January 5, 2024 at 1:05 PM"),
        (
            "toLocaleString",
            "{ month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }",
            "Jan 5, 1:05 PM",
        ),
    ] {
        assert_eq!(value(at(method, options)), format!("'{expected}'"), "{method} {options}");
    }
    check(&[
        ("new Date(NaN).toLocaleDateString()", "Invalid Date"),
        ("new Intl.DateTimeFormat().resolvedOptions().timeZone", "UTC"),
        ("new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' }).format(new Date(0))", "Jan 1, 1970"),
    ]);
}

#[test]
fn other_time_zones_are_refused_and_not_guessed() {
    let (kind, message) = raises("new Date().toLocaleString('en-US', { timeZone: 'America/New_York' })");
    assert_eq!(kind, "RangeError");
    assert!(message.contains("only UTC"), "{message}");
}

#[test]
fn texts_are_sorted_as_people_sort_them() {
    check(&[
        (
            "['b', 'A', 'a', 'B', '_x', '10', '9', 'é', 'f', 'Zoe', 'z'].sort((a, b) => a.localeCompare(b))",
            "_x,10,9,a,A,b,B,é,f,z,Zoe",
        ),
        (
            "['item 10', 'item 9', 'Item 1'].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))",
            "Item 1,item 9,item 10",
        ),
        ("'a'.localeCompare('A', 'en', { sensitivity: 'base' })", "0"),
        ("'resume'.localeCompare('résumé')", "-1"),
        ("['z', 'ä', 'a'].sort(new Intl.Collator('de').compare)", "a,ä,z"),
    ]);
}

#[test]
fn lists_plurals_and_distances() {
    check(&[
        (
            "new Intl.ListFormat('en', { style: 'long', type: 'conjunction' }).format(['a', 'b', 'c'])",
            "a, b, and c",
        ),
        ("new Intl.PluralRules('en', { type: 'ordinal' }).select(22)", "two"),
        ("new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-1, 'day')", "yesterday"),
        ("new Intl.RelativeTimeFormat('en').format(3, 'hours')", "in 3 hours"),
    ]);
}
