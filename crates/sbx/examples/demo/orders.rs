//! The data of the demo: orders of a year, made up here, the same each time.

use std::fmt::Write as _;

/// How many there are.
pub(crate) const N_ORDERS: u64 = 20_000;

const REGIONS: [&str; 4] = ["north", "east", "south", "west"];
const PRODUCTS: [(&str, u64); 6] =
    [("lamp", 3495), ("desk", 24_900), ("chair", 12_950), ("shelf", 7900), ("rug", 5850), ("clock", 1999)];

/// Orders as CSV, and their total in cents to check the analysis against.
pub(crate) struct Orders {
    pub(crate) csv: String,
    pub(crate) total_cents: u64,
}

/// Makes them.
pub(crate) fn make() -> Orders {
    let mut random = Random(0x5b3c_0ffe);
    let mut csv = String::from("order_id,date,region,product,quantity,unit_price\n");
    let mut total_cents = 0;
    for order in 0..N_ORDERS {
        let day = order * 365 / N_ORDERS;
        let region = random.below(4);
        let (product, base_cents) = PRODUCTS[random.below(PRODUCTS.len())];
        let quantity = 1 + random.below(3) as u64 + trend(region, day);
        let cents = base_cents * (90 + random.below(21) as u64) / 100;
        total_cents += quantity * cents;
        let (date, price) = (date(day), format!("{}.{:02}", cents / 100, cents % 100));
        writeln!(csv, "{},{date},{},{product},{quantity},{price}", 100_000 + order, REGIONS[region])
            .unwrap_or_default();
    }
    Orders { csv, total_cents }
}

/// What a region orders more of through the year, so that there is something to find.
fn trend(region: usize, day: u64) -> u64 {
    match REGIONS[region] {
        "north" => 1,
        "east" => day / 100,
        "south" => u64::from((150..250).contains(&day)) * 3,
        _ => (365 - day) / 150,
    }
}

/// The day of 2025 as ISO 8601.
fn date(mut day: u64) -> String {
    const DAYS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= DAYS[month] {
        day -= DAYS[month];
        month += 1;
    }
    format!("2025-{:02}-{:02}", month + 1, day + 1)
}

/// Marsaglia's xorshift: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}
