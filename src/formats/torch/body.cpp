// The language of row bodies (row.h).
#include <cctype>

#include "base/check.h"
#include "base/text.h"
#include "formats/torch/call.h"
#include "ops/ops.h"

namespace lathe::formats::torch {
namespace {

using graph::AttrDef;
using graph::OpDef;

class Body {
public:
    Body(Call& call, std::string_view text) : call_(call), text_(text) {}

    Result<std::vector<ValueId>> run() {
        while (true) {
            TRY(auto results, statement());
            if (done()) return results;
        }
    }

private:
    // An operand: a value, or a number whose type the operands beside it decide.
    struct Operand {
        ValueId id = kNoValue;
        std::optional<Value> number;
    };

    void space() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool done() {
        space();
        return at_ >= text_.size();
    }
    bool take(char c) {
        space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string_view word() {
        space();
        const size_t begin = at_;
        while (at_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' ||
                text_[at_] == '.' || (text_[at_] == '-' && at_ == begin) ||
                (text_[at_] == '-' && text_[at_ - 1] == 'e')))
            ++at_;
        return text_.substr(begin, at_ - begin);
    }

    // `name = expression;`, or the results: `expression, expression`
    Result<std::vector<ValueId>> statement() {
        const size_t begin = at_;
        const std::string_view name = word();
        if (take('=')) {
            TRY(const Operand value, operand());
            CHECK(value.id != kNoValue, text_);
            names_[name] = value.id;
            CHECK(take(';'), text_);
            return std::vector<ValueId>{};
        }
        at_ = begin;
        std::vector<ValueId> results;
        do {
            TRY(const Operand value, operand());
            CHECK(value.id != kNoValue, text_);
            results.push_back(value.id);
        } while (take(','));
        CHECK(done(), text_);
        return results;
    }

    Result<Operand> operand() {
        const std::string_view name = word();
        if (take('(')) {
            TRY(const ValueId id, application(name));
            return Operand{.id = id};
        }
        if (name == "-") return Operand{};
        if (const auto it = names_.find(name); it != names_.end()) return Operand{.id = it->second};
        if (call_.schema.find(name) >= 0) return argument(name);
        double number = 0;
        CHECK(parse_double(name, number), text_);
        return Operand{.number = Value(number)};
    }

    Result<Operand> argument(std::string_view name) {
        const Value& value = call_.value(name);
        if (value.none()) return Operand{};
        const bool settled_number = !value.is(Kind::kTensor) && call_.row.types != Types::kPromoted &&
                                    call_.row.types != Types::kFloat;
        if (settled_number) return Operand{.number = value};
        TRY(const ValueId id, call_.tensor(name));
        return Operand{.id = id};
    }

    // What follows "op(".
    Result<ValueId> application(std::string_view name) {
        const OpDef* op = ops::find_op(name);
        CHECK(op != nullptr, name);
        std::vector<Operand> operands;
        Attrs attrs;
        while (!take(')')) {
            const size_t begin = at_;
            const std::string_view key = word();
            if (take('=')) {
                TRY_STATUS(attribute(*op, key, attrs));
            } else {
                at_ = begin;
                TRY(operands.emplace_back(), operand());
            }
            take(',');
        }
        TRY(auto ids, settle(*op, operands));
        return call_.add(op->name, std::move(ids), std::move(attrs));
    }

    // Numbers become constants of the type that the operands of their group have.
    Result<std::vector<ValueId>> settle(const OpDef& op, const std::vector<Operand>& operands) {
        std::vector<ValueId> ids;
        const auto group = [&](size_t i) { return op.inputs[std::min(i, op.inputs.size() - 1)].group; };
        for (size_t i = 0; i < operands.size(); ++i) {
            ids.push_back(operands[i].id);
            if (!operands[i].number) continue;
            DType dtype = DType::kF32;
            for (size_t k = operands.size(); k-- > 0;)
                if (operands[k].id != kNoValue && group(k) == group(i)) dtype = call_.type(operands[k].id);
            TRY(ids.back(), call_.importer.number(*operands[i].number, dtype));
        }
        return ids;
    }

    Status attribute(const OpDef& op, std::string_view key, Attrs& attrs) {
        const AttrDef* def = op.find_attr(key);
        CHECK(def != nullptr, key);
        const std::string_view literal = attribute_text();
        if (const int i = call_.schema.find(literal); i >= 0) {
            const Value& value = call_.values[static_cast<size_t>(i)];
            if (value.none()) return {};
            TRY(graph::Attr attr, call_.attribute(value, def->type, literal));
            attrs.set(key, std::move(attr));
            return {};
        }
        auto attr = graph::parse_attr(def->type, literal);
        CHECK(attr.has_value(), literal);
        attrs.set(key, *std::move(attr));
        return {};
    }

    std::string_view attribute_text() {
        space();
        const size_t begin = at_;
        int depth = 0;
        for (bool quoted = false; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') quoted = !quoted;
            if (quoted) continue;
            if (depth == 0 && (c == ',' || c == ')')) break;
            depth += c == '[';
            depth -= c == ']';
        }
        return trim(text_.substr(begin, at_ - begin));
    }

    Call& call_;
    std::string_view text_;
    size_t at_ = 0;
    std::map<std::string_view, ValueId> names_;
};

}  // namespace

Result<std::vector<ValueId>> run_body(Call& call, std::string_view body) { return Body(call, body).run(); }

}  // namespace lathe::formats::torch
