#include "base/pattern.h"

namespace lathe {
namespace {

using Step = Pattern::Step;
using Kind = Pattern::Step::Kind;

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool contains(const Pattern::Bytes& bytes, uint8_t byte) { return bytes[byte / 64] >> (byte % 64) & 1; }

// The steps that wait for a byte at one place of the text.
class States {
public:
    States(const std::vector<Step>& steps, std::string_view text)
        : steps_(steps.data()), text_(text), seen_(steps.size()) {}

    const std::vector<int32_t>& waiting() const { return waiting_; }
    void clear() {
        waiting_.clear();
        ++turn_;
    }
    // Follows all that can be followed without a byte from `step` on; whether that reaches the end of the pattern.
    bool add(int32_t step, size_t at) {
        stack_.assign(1, step);
        while (!stack_.empty()) {
            const int32_t now = stack_.back();
            stack_.pop_back();
            auto& seen = seen_[static_cast<size_t>(now)];
            if (seen == turn_) continue;
            seen = turn_;
            if (steps_[now].kind == Kind::kMatch) return true;
            follow(now, at);
        }
        return false;
    }

private:
    void follow(int32_t now, size_t at) {
        const Step& step = steps_[now];
        switch (step.kind) {
            case Kind::kSplit: stack_.push_back(now + step.second); [[fallthrough]];
            case Kind::kJump: stack_.push_back(now + step.first); break;
            case Kind::kBegin:
                if (at == 0) stack_.push_back(now + 1);
                break;
            case Kind::kEnd:
                if (at == text_.size()) stack_.push_back(now + 1);
                break;
            case Kind::kEdge:
            case Kind::kNoEdge: {
                const bool before = at > 0 && is_word(text_[at - 1]),
                           after = at < text_.size() && is_word(text_[at]);
                if ((before != after) == (step.kind == Kind::kEdge)) stack_.push_back(now + 1);
                break;
            }
            default: waiting_.push_back(now);
        }
    }

    const Step* steps_;
    std::string_view text_;
    std::vector<uint32_t> seen_;
    std::vector<int32_t> waiting_, stack_;
    uint32_t turn_ = 1;
};

}  // namespace

bool Pattern::found_in(std::string_view text) const {
    if (!required_.empty() && !text.contains(required_)) return false;
    States now(steps_, text), next(steps_, text);
    for (size_t at = 0;; ++at) {
        if (now.add(0, at)) return true;
        if (at == text.size()) return false;
        const auto byte = static_cast<uint8_t>(text[at]);
        next.clear();
        for (const int32_t waiting : now.waiting()) {
            const Step& step = steps_[static_cast<size_t>(waiting)];
            const bool taken = step.kind == Kind::kByte
                                   ? step.byte == byte
                                   : contains(classes_[static_cast<size_t>(step.first)], byte);
            if (taken && next.add(waiting + 1, at + 1)) return true;
        }
        std::swap(now, next);
    }
}

}  // namespace lathe
