// Dim: one dimension of a shape, a whole-number expression of named symbols ("batch", "height*width", "ceil(w/2)").
// Held in canonical form (a sum of products, terms sorted), so that equal expressions usually compare equal:
// sums, differences and products always do; floor divisions when they divide exactly or are spelled alike.
// Symbols stand for sizes, hence are taken to be positive when a division is simplified.
// A result that leaves 64 bits becomes the symbol "overflow", which no binding ever has.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/shape.h"

namespace lathe::graph {

using Bindings = std::map<std::string, int64_t, std::less<>>;  // symbol -> size

// Takes an expression apart from its leaves up. Each call returns a number of the walker's own choosing (an index of
// what it has built), which later calls receive.
class DimWalk {
public:
    virtual ~DimWalk() = default;
    virtual Result<int> number(int64_t value) = 0;
    virtual Result<int> symbol(const std::string& name) = 0;
    virtual Result<int> apply(std::string_view function, int a,
                              int b) = 0;  // "+", "*", floordiv, mod, min, max
};

class Dim {
public:
    Dim(int64_t constant = 0);  // NOLINT: numbers are dimensions
    static Dim symbol(std::string_view name);  // [A-Za-z_][A-Za-z0-9_.]*; other characters become '_'

    bool is_constant() const;
    std::optional<int64_t> constant() const;
    bool is_symbol() const;  // exactly one symbol, nothing else
    bool operator==(const Dim& other) const { return text_ == other.text_; }

    // "batch", "2*height + 1", "floordiv(width, 2)". Parses back.
    const std::string& text() const { return text_; }
    static Result<Dim> parse(std::string_view text);

    // Errors: a symbol without binding, division by zero.
    Result<int64_t> evaluate(const Bindings& bindings) const;
    Dim substitute(const std::map<std::string, Dim, std::less<>>& values) const;
    void collect_symbols(std::vector<std::string>& into) const;  // appends new ones, in order of first use
    Result<int> walk(DimWalk& walk) const;

    // A number that it is never below when every symbol is at least 1; nothing when that is not certain.
    std::optional<int64_t> lower_bound() const;

    friend Dim operator+(const Dim& a, const Dim& b);
    friend Dim operator-(const Dim& a, const Dim& b);
    friend Dim operator*(const Dim& a, const Dim& b);
    static Dim floor_div(const Dim& a, const Dim& b);
    static Dim ceil_div(const Dim& a, const Dim& b);
    static Dim mod(const Dim& a, const Dim& b);
    static Dim min(const Dim& a, const Dim& b);
    static Dim max(const Dim& a, const Dim& b);

private:
    struct Call;
    struct Factor {
        std::string text;
        std::shared_ptr<const Call> call;  // null: a symbol
    };
    struct Term {
        int64_t coefficient;
        std::vector<Factor> factors;  // sorted by text; empty for the constant term
    };
    static Dim from_terms(std::vector<Term> terms);
    static Dim make_call(std::string_view function, const Dim& a, const Dim& b);
    static Dim overflow();
    static int64_t least_of(const Call& call);

    std::vector<Term> terms_;  // sorted, no zero coefficients
    std::string text_ = "0";
    friend class DimParser;
};

using Dims = std::vector<Dim>;  // a shape, or any list of sizes, with symbols

Dims dims_of(const Shape& shape);
std::optional<Shape> constant_shape(const Dims& dims);  // nothing when a symbol is left
Result<Shape> evaluate(const Dims& dims, const Bindings& bindings);
Dim product(const Dims& dims);
std::string to_string(const Dims& dims);  // "[batch, 3, 2*h]"
// Learns symbols from an actual shape: lone symbols are bound, everything else must agree.
// Errors: another rank, another size, naming the axis.
Status bind(const Dims& dims, const Shape& shape, Bindings& bindings);

}  // namespace lathe::graph
