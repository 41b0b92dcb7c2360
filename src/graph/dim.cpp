#include "graph/dim.h"

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "base/text.h"

namespace lathe::graph {

struct Dim::Call {
    std::string function;  // floordiv, mod, min, max
    Dim a, b;
};

namespace {

// Longer expressions (no network has them, but a program may multiply a size with itself for ever) are overflow too.
constexpr size_t kLongestText = 4096;

int64_t floor_div_int(int64_t a, int64_t b) {
    const int64_t q = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

Result<int64_t> apply(std::string_view function, int64_t a, int64_t b) {
    if (function == "min") return std::min(a, b);
    if (function == "max") return std::max(a, b);
    if (b == 0) return fail("division by zero in a dimension");
    if (b == -1) return function == "mod" ? 0 : -a;
    return function == "mod" ? a - b * floor_div_int(a, b) : floor_div_int(a, b);
}

}  // namespace

Dim::Dim(int64_t constant) {
    if (constant == 0) return;
    terms_.push_back({constant, {}});
    text_ = format("{}", constant);
}

Dim Dim::symbol(std::string_view name) {
    std::string clean;
    for (const char c : name)
        clean += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' ? c : '_';
    if (clean.empty() || std::isdigit(static_cast<unsigned char>(clean[0])) || clean[0] == '.')
        clean = "_" + clean;
    return from_terms({{1, {{clean, nullptr}}}});
}

Dim Dim::overflow() { return symbol("overflow"); }

bool Dim::is_constant() const { return terms_.empty() || (terms_.size() == 1 && terms_[0].factors.empty()); }
std::optional<int64_t> Dim::constant() const {
    if (!is_constant()) return std::nullopt;
    return terms_.empty() ? 0 : terms_[0].coefficient;
}
bool Dim::is_symbol() const {
    return terms_.size() == 1 && terms_[0].coefficient == 1 && terms_[0].factors.size() == 1 &&
           terms_[0].factors[0].call == nullptr;
}

Dim Dim::from_terms(std::vector<Term> terms) {
    const auto key = [](const Term& t) {
        std::string text;
        for (const auto& f : t.factors) text += (text.empty() ? "" : "*") + f.text;
        return text;
    };
    std::map<std::string, Term> merged;
    for (auto& term : terms) {
        std::ranges::sort(term.factors, {}, &Factor::text);
        auto [it, fresh] = merged.try_emplace(key(term), term);
        if (!fresh &&
            __builtin_add_overflow(it->second.coefficient, term.coefficient, &it->second.coefficient))
            return overflow();
    }
    Dim result;
    std::string text;
    int64_t constant = 0;
    for (auto& [name, term] : merged) {
        if (term.coefficient == 0) continue;
        if (name.empty()) {
            constant = term.coefficient;
            continue;
        }
        const int64_t c = term.coefficient;
        const bool negative = c < 0;
        if (!text.empty()) text += negative ? " - " : " + ";
        else if (negative) text += "-";
        if (c != 1 && c != -1)
            text += format("{}*", negative ? 0 - static_cast<uint64_t>(c) : static_cast<uint64_t>(c));
        text += name;
        result.terms_.push_back(std::move(term));
    }
    if (constant != 0 || text.empty()) {
        const auto size =
            constant < 0 ? 0 - static_cast<uint64_t>(constant) : static_cast<uint64_t>(constant);
        if (text.empty()) text = format("{}", constant);
        else text += format(" {} {}", constant < 0 ? '-' : '+', size);
        if (constant != 0) result.terms_.push_back({constant, {}});
    }
    if (text.size() > kLongestText) return overflow();
    result.text_ = std::move(text);
    return result;
}

Dim operator+(const Dim& a, const Dim& b) {
    auto terms = a.terms_;
    terms.insert(terms.end(), b.terms_.begin(), b.terms_.end());
    return Dim::from_terms(std::move(terms));
}

Dim operator-(const Dim& a, const Dim& b) { return a + Dim(-1) * b; }

Dim operator*(const Dim& a, const Dim& b) {
    if (a.terms_.size() * b.terms_.size() > kLongestText) return Dim::overflow();
    std::vector<Dim::Term> terms;
    for (const auto& x : a.terms_)
        for (const auto& y : b.terms_) {
            Dim::Term term{0, x.factors};
            if (__builtin_mul_overflow(x.coefficient, y.coefficient, &term.coefficient))
                return Dim::overflow();
            term.factors.insert(term.factors.end(), y.factors.begin(), y.factors.end());
            terms.push_back(std::move(term));
        }
    return Dim::from_terms(std::move(terms));
}

Dim Dim::make_call(std::string_view function, const Dim& a, const Dim& b) {
    if (a.is_constant() && b.is_constant())
        if (const auto value = apply(function, *a.constant(), *b.constant())) return Dim(*value);
    auto call = std::make_shared<const Call>(Call{std::string(function), a, b});
    return from_terms({{1, {{format("{}({}, {})", function, a.text(), b.text()), std::move(call)}}}});
}

// Exact division by a single product, term by term, where every term has its factors and divides by its number.
Dim Dim::floor_div(const Dim& a, const Dim& b) {
    if (b.is_constant() && *b.constant() == 1) return a;
    if (b.terms_.size() != 1) return a == b ? Dim(1) : make_call("floordiv", a, b);
    const Term& divisor = b.terms_[0];
    std::vector<Term> quotient;
    for (const Term& term : a.terms_) {
        Term left{0, {}};
        size_t matched = 0;
        for (const auto& f : term.factors) {
            if (matched < divisor.factors.size() && divisor.factors[matched].text == f.text) ++matched;
            else left.factors.push_back(f);
        }
        if (matched != divisor.factors.size() || divisor.coefficient == -1 ||
            term.coefficient % divisor.coefficient != 0)
            return make_call("floordiv", a, b);
        left.coefficient = term.coefficient / divisor.coefficient;
        quotient.push_back(std::move(left));
    }
    return from_terms(std::move(quotient));
}

Dim Dim::ceil_div(const Dim& a, const Dim& b) { return floor_div(a + b - Dim(1), b); }
Dim Dim::mod(const Dim& a, const Dim& b) {
    const Dim quotient = floor_div(a, b);
    return quotient * b == a ? Dim(0) : make_call("mod", a, b);
}
Dim Dim::min(const Dim& a, const Dim& b) {
    if ((b - a).lower_bound() >= 0) return a;
    if ((a - b).lower_bound() >= 0) return b;
    return a.text() < b.text() ? make_call("min", a, b) : make_call("min", b, a);
}
Dim Dim::max(const Dim& a, const Dim& b) {
    if ((a - b).lower_bound() >= 0) return a;
    if ((b - a).lower_bound() >= 0) return b;
    return a.text() < b.text() ? make_call("max", a, b) : make_call("max", b, a);
}

std::optional<int64_t> Dim::lower_bound() const {
    int64_t sum = 0;
    for (const Term& term : terms_) {
        int64_t value = term.coefficient;
        for (const Factor& factor : term.factors) {
            const int64_t least = factor.call ? least_of(*factor.call) : factor.text == "overflow" ? -1 : 1;
            if (term.coefficient < 0 || least < 0 || __builtin_mul_overflow(value, least, &value))
                return std::nullopt;
        }
        if (__builtin_add_overflow(sum, value, &sum)) return std::nullopt;
    }
    return sum;
}

// As lower_bound, of one call; -1 when it may be negative.
int64_t Dim::least_of(const Call& call) {
    const int64_t a = call.a.lower_bound().value_or(-1), b = call.b.lower_bound().value_or(-1);
    if (call.function == "max") return std::max(a, b);
    if (call.function == "min") return std::min(a, b);
    if (call.function == "mod") return b >= 1 ? 0 : -1;
    return a < 0 || b < 1 ? -1 : call.b.is_constant() ? a / b : 0;
}

Result<int64_t> Dim::evaluate(const Bindings& bindings) const {
    int64_t sum = 0;
    for (const Term& term : terms_) {
        int64_t value = term.coefficient;
        for (const Factor& factor : term.factors) {
            int64_t f = 0;
            if (factor.call) {
                TRY(const int64_t a, factor.call->a.evaluate(bindings));
                TRY(const int64_t b, factor.call->b.evaluate(bindings));
                TRY(f, apply(factor.call->function, a, b));
            } else {
                const auto it = bindings.find(factor.text);
                if (it == bindings.end()) return fail("the size '{}' is not known", factor.text);
                f = it->second;
            }
            if (__builtin_mul_overflow(value, f, &value))
                return fail("the size {} does not fit in 64 bits", text_);
        }
        if (__builtin_add_overflow(sum, value, &sum))
            return fail("the size {} does not fit in 64 bits", text_);
    }
    return sum;
}

Dim Dim::substitute(const std::map<std::string, Dim, std::less<>>& values) const {
    Dim sum;
    for (const Term& term : terms_) {
        Dim value(term.coefficient);
        for (const Factor& factor : term.factors) {
            const auto it = factor.call ? values.end() : values.find(factor.text);
            if (factor.call) {
                const Dim a = factor.call->a.substitute(values), b = factor.call->b.substitute(values);
                const std::string& f = factor.call->function;
                value = value * (f == "floordiv" ? floor_div(a, b)
                                 : f == "mod"    ? mod(a, b)
                                 : f == "min"    ? min(a, b)
                                                 : max(a, b));
            } else {
                value = value * (it != values.end() ? it->second : symbol(factor.text));
            }
        }
        sum = sum + value;
    }
    return sum;
}

void Dim::collect_symbols(std::vector<std::string>& into) const {
    for (const Term& term : terms_)
        for (const Factor& factor : term.factors) {
            if (factor.call) {
                factor.call->a.collect_symbols(into);
                factor.call->b.collect_symbols(into);
            } else if (std::ranges::find(into, factor.text) == into.end()) {
                into.push_back(factor.text);
            }
        }
}

Result<int> Dim::walk(DimWalk& walk) const {
    std::optional<int> sum;
    for (const Term& term : terms_) {
        std::optional<int> product;
        for (const Factor& factor : term.factors) {
            int value = 0;
            if (factor.call) {
                TRY(const int a, factor.call->a.walk(walk));
                TRY(const int b, factor.call->b.walk(walk));
                TRY(value, walk.apply(factor.call->function, a, b));
            } else {
                TRY(value, walk.symbol(factor.text));
            }
            if (product) {
                TRY(product, walk.apply("*", *product, value));
            } else {
                product = value;
            }
        }
        if (!product || term.coefficient != 1) {
            TRY(const int number, walk.number(term.coefficient));
            if (product) {
                TRY(product, walk.apply("*", *product, number));
            } else {
                product = number;
            }
        }
        if (sum) {
            TRY(sum, walk.apply("+", *sum, *product));
        } else {
            sum = product;
        }
    }
    return sum ? Result<int>(*sum) : walk.number(0);
}

// sum := product (('+'|'-') product)*; product := atom ('*' atom)*; atom := number | name | name '(' sum ',' sum ')'
class DimParser {
public:
    explicit DimParser(std::string_view text) : text_(text) {}

    Result<Dim> parse() {
        TRY(Dim result, sum(0));
        skip();
        if (at_ != text_.size()) return fail("'{}' is no dimension", printable(text_));
        return result;
    }

private:
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    Result<Dim> sum(int depth) {
        if (depth > 40) return fail("a dimension is nested too deep");
        Dim total;
        bool minus = take('-');
        for (;;) {
            TRY(Dim part, product(depth));
            total = minus ? total - part : total + part;
            if (take('+')) minus = false;
            else if (take('-')) minus = true;
            else return total;
        }
    }

    Result<Dim> product(int depth) {
        TRY(Dim total, atom(depth));
        while (take('*')) {
            TRY(Dim next, atom(depth));
            total = total * next;
        }
        return total;
    }

    Result<Dim> atom(int depth) {
        skip();
        const size_t start = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                      text_[at_] == '_' || text_[at_] == '.'))
            ++at_;
        const std::string_view word = text_.substr(start, at_ - start);
        if (word.empty()) return fail("'{}' is no dimension", printable(text_));
        if (std::isdigit(static_cast<unsigned char>(word[0]))) {
            int64_t value = 0;
            if (!parse_int(word, value)) return fail("'{}' is no dimension", printable(text_));
            return Dim(value);
        }
        if (!take('(')) return Dim::symbol(word);
        TRY(Dim a, sum(depth + 1));
        if (!take(',')) return fail("'{}' lacks a second argument in '{}'", word, printable(text_));
        TRY(Dim b, sum(depth + 1));
        if (!take(')')) return fail("'{}' lacks ')'", printable(text_));
        if (word == "floordiv") return Dim::floor_div(a, b);
        if (word == "mod") return Dim::mod(a, b);
        if (word == "min") return Dim::min(a, b);
        if (word == "max") return Dim::max(a, b);
        return fail("'{}' is no function of dimensions (floordiv, mod, min, max)", word);
    }

    std::string_view text_;
    size_t at_ = 0;
};

Result<Dim> Dim::parse(std::string_view text) { return DimParser(text).parse(); }

Dims dims_of(const Shape& shape) { return Dims(shape.begin(), shape.end()); }

std::optional<Shape> constant_shape(const Dims& dims) {
    Shape shape;
    for (const Dim& dim : dims) {
        if (!dim.is_constant()) return std::nullopt;
        shape.push_back(*dim.constant());
    }
    return shape;
}

Result<Shape> evaluate(const Dims& dims, const Bindings& bindings) {
    Shape shape;
    for (const Dim& dim : dims) {
        TRY(const int64_t size, dim.evaluate(bindings));
        shape.push_back(size);
    }
    return shape;
}

Dim product(const Dims& dims) {
    Dim total(1);
    for (const Dim& dim : dims) total = total * dim;
    return total;
}

std::string to_string(const Dims& dims) {
    std::string text = "[";
    for (size_t i = 0; i < dims.size(); ++i) text += (i ? ", " : "") + dims[i].text();
    return text + "]";
}

Status bind(const Dims& dims, const Shape& shape, Bindings& bindings) {
    if (dims.size() != shape.size())
        return fail("has shape {}, expected {}", lathe::to_string(shape), to_string(dims));
    for (size_t i = 0; i < dims.size(); ++i)
        if (dims[i].is_symbol()) bindings.try_emplace(dims[i].text(), shape[i]);
    for (size_t i = 0; i < dims.size(); ++i) {
        TRY(const int64_t expected, dims[i].evaluate(bindings));
        if (expected != shape[i])
            return fail("has shape {}, expected {} with {} = {} at axis {}", lathe::to_string(shape),
                        to_string(dims), dims[i].text(), expected, i);
    }
    return {};
}

}  // namespace lathe::graph
