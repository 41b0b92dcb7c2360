#include "formats/torch_export/expression.h"

#include <cctype>

#include "base/text.h"

namespace lathe::formats::torch_export {
namespace {

using graph::Dim;

constexpr int kDeepest = 100;
constexpr int64_t kHighestPower = 64;

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Dim> run() {
        TRY(Dim result, sum(0));
        space();
        if (at_ != text_.size()) return wrong("an operator");
        return result;
    }

private:
    void space() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(std::string_view symbol) {
        space();
        if (text_.substr(at_, symbol.size()) != symbol) return false;
        at_ += symbol.size();
        return true;
    }
    std::unexpected<Error> wrong(std::string_view expected) const {
        return fail("the size '{}' at character {}: expected {}", printable(text_), at_, expected);
    }

    Result<Dim> sum(int depth) {
        if (depth > kDeepest) return wrong("less nesting");
        TRY(Dim value, product(depth));
        while (true) {
            if (take("+")) {
                TRY(const Dim more, product(depth));
                value = value + more;
            } else if (take("-")) {
                TRY(const Dim more, product(depth));
                value = value - more;
            } else {
                return value;
            }
        }
    }

    Result<Dim> product(int depth) {
        TRY(Dim value, power(depth));
        while (true) {
            if (take("//")) {
                TRY(const Dim by, power(depth));
                TRY(value, divided(value, by));
            } else if (!text_.substr(at_).starts_with("**") && take("*")) {
                TRY(const Dim by, power(depth));
                value = value * by;
            } else if (take("%")) {
                TRY(const Dim by, power(depth));
                if (by == Dim(0)) return wrong("a divisor other than 0");
                value = Dim::mod(value, by);
            } else {
                return value;
            }
        }
    }

    Result<Dim> divided(const Dim& a, const Dim& b) {
        if (b == Dim(0)) return wrong("a divisor other than 0");
        return Dim::floor_div(a, b);
    }

    Result<Dim> raised(const Dim& base, const Dim& exponent) {
        const auto n = exponent.constant();
        if (!n || *n < 0 || *n > kHighestPower) return wrong("a power from 0 to 64");
        Dim result(1);
        for (int64_t i = 0; i < *n; ++i) result = result * base;
        return result;
    }

    Result<Dim> power(int depth) {
        if (depth > kDeepest) return wrong("less nesting");
        if (take("-")) {
            TRY(const Dim value, power(depth + 1));
            return Dim(0) - value;
        }
        TRY(const Dim base, atom(depth));
        space();
        if (!take("**")) return base;
        TRY(const Dim exponent, power(depth + 1));
        return raised(base, exponent);
    }

    Result<Dim> atom(int depth) {
        space();
        if (take("(")) {
            TRY(const Dim inner, sum(depth + 1));
            if (!take(")")) return wrong("')'");
            return inner;
        }
        const size_t begin = at_;
        const auto is_word = [&](size_t i) {
            return i < text_.size() &&
                   (std::isalnum(static_cast<unsigned char>(text_[i])) || text_[i] == '_' || text_[i] == '.');
        };
        while (is_word(at_)) ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        if (word.empty()) return wrong("a number or a name");
        if (std::isdigit(static_cast<unsigned char>(word[0]))) {
            int64_t number = 0;
            if (!parse_int(word, number)) return wrong("a whole number");
            return Dim(number);
        }
        if (take("(")) return function(word.substr(word.rfind('.') + 1), depth);
        return Dim::symbol(word);
    }

    // Symbol('s0', positive=True): the quoted name; what is said of it is left out.
    Result<Dim> quoted_symbol() {
        space();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '\'' && quote != '"') return wrong("a quoted name");
        const size_t end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos || end == at_ + 1) return wrong("a quoted name");
        const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
        at_ = text_.find(')', end);
        if (at_ == std::string_view::npos) {
            at_ = end;
            return wrong("')'");
        }
        ++at_;
        return Dim::symbol(name);
    }

    Result<Dim> function(std::string_view name, int depth) {
        if (name == "Symbol" || name == "Dummy") return quoted_symbol();
        std::vector<Dim> a;
        while (!take(")")) {
            TRY(a.emplace_back(), sum(depth + 1));
            if (!take(",") && !text_.substr(at_).starts_with(")")) return wrong("',' or ')'");
        }
        if (a.empty()) return wrong("arguments");
        const auto fold = [&](Dim (*combine)(const Dim&, const Dim&)) {
            Dim result = a[0];
            for (size_t i = 1; i < a.size(); ++i) result = combine(result, a[i]);
            return result;
        };
        if (name == "Add") return fold([](const Dim& x, const Dim& y) { return x + y; });
        if (name == "Mul") return fold([](const Dim& x, const Dim& y) { return x * y; });
        if (name == "Max") return fold(&Dim::max);
        if (name == "Min") return fold(&Dim::min);
        if (a.size() == 1 &&
            (name == "Integer" || name == "TruncToInt" || name == "Identity" || name == "ToFloat"))
            return a[0];
        if (a.size() == 2 && (name == "Pow" || name == "PowByNatural")) return raised(a[0], a[1]);
        if (a.size() == 2 && (name == "FloorDiv" || name == "CleanDiv")) return divided(a[0], a[1]);
        if (a.size() == 2 && a[1] != Dim(0) && (name == "Mod" || name == "PythonMod"))
            return Dim::mod(a[0], a[1]);
        if (a.size() == 2 && a[1] != Dim(0) && name == "CeilDiv") return Dim::ceil_div(a[0], a[1]);
        if (a.size() == 3 && a[1] != Dim(0) && a[2] != Dim(0) && name == "ModularIndexing")
            return Dim::mod(Dim::floor_div(a[0], a[1]), a[2]);
        return fail("the size '{}' uses {} of {} arguments, which Lathe's sizes cannot say", printable(text_),
                    printable(name), a.size());
    }

    std::string_view text_;
    size_t at_ = 0;
};

}  // namespace

Result<Dim> parse_expression(std::string_view text) { return Parser(text).run(); }

}  // namespace lathe::formats::torch_export
