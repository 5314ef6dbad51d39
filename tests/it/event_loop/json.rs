//! A reader of JSON that refuses whatever RFC 8259 does, to check what the traces are rendered to.

use std::ops::Index;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads one value, with nothing after it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text };
        let value = reader.value()?;
        reader.space();
        match reader.rest {
            "" => Ok(value),
            _ => reader.fail("the end"),
        }
    }

    #[track_caller]
    pub(super) fn from(text: &str) -> Self {
        Self::read(text).unwrap_or_else(|error| panic!("{error}\nin: {text}"))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        let Json::Object(fields) = self else {
            return None;
        };
        let field = fields.iter().find(|(name, _)| name == key);
        field.map(|(_, value)| value)
    }

    #[track_caller]
    pub(super) fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            other => panic!("it was to be a text: {other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn number(&self) -> u64 {
        match self {
            Json::Number(number) => number.parse().expect("a whole number"),
            other => panic!("it was to be a number: {other:?}"),
        }
    }

    /// A number with a fraction, perhaps.
    #[track_caller]
    pub(super) fn decimal(&self) -> f64 {
        match self {
            Json::Number(number) => number.parse().expect("a number"),
            other => panic!("it was to be a number: {other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn items(&self) -> &[Json] {
        match self {
            Json::Array(items) => items,
            other => panic!("it was to be an array: {other:?}"),
        }
    }

    /// The names of the fields, in order.
    #[track_caller]
    pub(super) fn keys(&self) -> Vec<&str> {
        match self {
            Json::Object(fields) => fields.iter().map(|(name, _)| name.as_str()).collect(),
            other => panic!("it was to be an object: {other:?}"),
        }
    }
}

impl Index<&str> for Json {
    type Output = Json;

    #[track_caller]
    fn index(&self, key: &str) -> &Json {
        match self.get(key) {
            Some(value) => value,
            None => panic!("`{key}` is missing in: {self:?}"),
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn fail<T>(&self, expected: &str) -> Result<T, String> {
        let found: String = self.rest.chars().take(40).collect();
        Err(format!("expected {expected}, found `{found}`"))
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Result<Json, String> {
        self.space();
        if self.eat("null") {
            return Ok(Json::Null);
        }
        if self.eat("true") {
            return Ok(Json::Bool(true));
        }
        if self.eat("false") {
            return Ok(Json::Bool(false));
        }
        if self.eat("[") {
            return Ok(Json::Array(self.list("]", Self::value)?));
        }
        if self.eat("{") {
            let fields = self.list("}", Self::field)?;
            let mut names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
            names.sort_unstable();
            names.dedup();
            if names.len() < fields.len() {
                return self.fail("each name once, before this");
            }
            return Ok(Json::Object(fields));
        }
        match self.rest.chars().next() {
            Some('"') => Ok(Json::Text(self.string()?)),
            Some('-' | '0'..='9') => self.digits(),
            _ => self.fail("a value"),
        }
    }

    fn list<T>(
        &mut self,
        end: &str,
        item: impl Fn(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        self.space();
        if self.eat(end) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            self.space();
            if self.eat(end) {
                return Ok(items);
            }
            if !self.eat(",") {
                return self.fail("a comma");
            }
        }
    }

    fn field(&mut self) -> Result<(String, Json), String> {
        self.space();
        let name = self.string()?;
        self.space();
        if !self.eat(":") {
            return self.fail("a colon");
        }
        Ok((name, self.value()?))
    }

    fn digits(&mut self) -> Result<Json, String> {
        let number = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let end = self.rest.find(|c| !number(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let whole = whole.strip_prefix('-').unwrap_or(whole);
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let all =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let leads = whole.len() > 1 && whole.starts_with('0');
        if leads || ![whole, fraction, exponent].into_iter().all(all) {
            return self.fail("a number");
        }
        self.rest = rest;
        Ok(Json::Number(number.to_owned()))
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.eat("\"") {
            return self.fail("a string");
        }
        let mut text = Vec::new();
        loop {
            let mut chars = self.rest.chars();
            let char = chars.next();
            match char {
                Some('"') => {
                    self.rest = chars.as_str();
                    return String::from_utf16(&text).or_else(|_| self.fail("pairs before this"));
                }
                Some('\\') => text.push(self.escape()?),
                Some(char) if char >= ' ' => {
                    self.rest = chars.as_str();
                    text.extend(char.encode_utf16(&mut [0; 2]).iter());
                }
                _ => return self.fail("a quote, and no control character"),
            }
        }
    }

    fn escape(&mut self) -> Result<u16, String> {
        let plain = [
            ("\\\"", '"'),
            ("\\\\", '\\'),
            ("\\/", '/'),
            ("\\b", '\u{8}'),
            ("\\f", '\u{c}'),
            ("\\n", '\n'),
            ("\\r", '\r'),
            ("\\t", '\t'),
        ];
        for (escape, char) in plain {
            if self.eat(escape) {
                return Ok(char as u16);
            }
        }
        let digits = self.rest.strip_prefix("\\u").and_then(|rest| rest.get(..4));
        let code = digits
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                self.rest = &self.rest[6..];
                Ok(code)
            }
            None => self.fail("an escape"),
        }
    }
}

#[test]
fn the_reader_of_json_reads_json() {
    // The tests trust it.
    let text = r#" {"a": [1, -2.5e+3, true, null], "b\n\u00e9\ud83d\ude00": {}, "c": "é\"\\\/"} "#;
    let read = Json::from(text);
    assert_eq!(read.keys(), ["a", "b\né😀", "c"]);
    assert_eq!(read["a"].items()[0].number(), 1);
    assert_eq!(read["a"].items()[1].decimal(), -2500.0);
    assert_eq!(read["c"].text(), "é\"\\/");
    assert_eq!(read["b\né😀"], Json::Object(Vec::new()));
}

#[test]
fn the_reader_of_json_refuses_what_is_none() {
    // The tests trust it.
    let refused = [
        "",
        "{",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "01",
        "1.",
        ".5",
        "-",
        "+1",
        "1e",
        "\"",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "nul",
        "'a'",
        "1 1",
        "{} {}",
        "NaN",
        "{\"a\":1,\"a\":2}",
    ];
    for text in refused {
        assert!(Json::read(text).is_err(), "{text}");
    }
}
