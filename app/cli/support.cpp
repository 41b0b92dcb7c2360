// What several verbs share: registration, output, progress, sizes.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include "base/text.h"
#include "cli.h"

namespace lathe::cli {

CLI::App* add_verb(CLI::App& parent, Program& program, const std::string& name, const std::string& summary,
                   const std::string& example, Action action) {
    CLI::App* verb = parent.add_subcommand(name, summary);
    verb->footer("Example:\n  " + example);
    verb->callback([&program, action = std::move(action)] { program.action = action; });
    return verb;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }
void print_json(const Json& json) { print(to_text(json, 2) + "\n"); }
bool stdout_is_terminal() { return isatty(STDOUT_FILENO) != 0; }

Progress progress_bar() {
    if (isatty(STDERR_FILENO) == 0) return {};
    using Clock = std::chrono::steady_clock;
    struct State {
        Clock::time_point start = Clock::now(), shown{};
        bool visible = false;
    };
    auto state = std::make_shared<State>();
    return [state](std::string_view what, uint64_t done, uint64_t total) {
        const auto now = Clock::now();
        const bool finished = done >= total;
        if (now - state->start < std::chrono::seconds(1) ||
            (!finished && now - state->shown < std::chrono::milliseconds(100)))
            return;
        state->shown = now;
        if (finished) {
            if (state->visible) std::fprintf(stderr, "\r\033[K");
            state->visible = false;
            return;
        }
        state->visible = true;
        const int width = 30;
        const int filled =
            total == 0 ? 0 : static_cast<int>(static_cast<double>(done) / static_cast<double>(total) * width);
        const std::string bar = std::string(static_cast<size_t>(filled), '#') +
                                std::string(static_cast<size_t>(width - filled), '.');
        std::fprintf(stderr, "\r%.*s [%s] %3.0f%%\033[K", static_cast<int>(what.size()), what.data(),
                     bar.c_str(),
                     total == 0 ? 0.0 : 100.0 * static_cast<double>(done) / static_cast<double>(total));
    };
}

Result<std::map<std::string, int64_t, std::less<>>> parse_sizes(const std::vector<std::string>& texts) {
    std::map<std::string, int64_t, std::less<>> sizes;
    for (const std::string& text : texts) {
        const size_t equals = text.find('=');
        int64_t value = 0;
        if (equals == std::string::npos || !parse_int(std::string_view(text).substr(equals + 1), value))
            return fail("'{}' is no size; write for example batch=1", text);
        sizes[text.substr(0, equals)] = value;
    }
    return sizes;
}

}  // namespace lathe::cli
