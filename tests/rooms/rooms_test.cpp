// The rules of the rooms, read from the sources themselves: an include points to a lower rank and along the DEPS of the
// room's CMakeLists.txt; src/ uses nothing that a browser lacks; nothing names a folder of the machine it was written on.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "places.h"

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const std::map<std::string, int> kRanks = {{"base", 0}, {"wire", 1},   {"tensor", 1}, {"graph", 2},
                                           {"ops", 3},  {"text", 3},   {"game", 3},   {"image", 3},
                                           {"zoo", 4},  {"passes", 4}, {"quant", 4},  {"formats", 4},
                                           {"run", 4},  {"check", 5},  {"report", 5}, {"pipeline", 6}};

fs::path root() { return lathe::kRepository; }

std::string content(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::vector<fs::path> sources_under(const fs::path& folder) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const std::string extension = entry.path().extension();
        if (extension == ".h" || extension == ".cpp") found.push_back(entry.path());
    }
    return found;
}

std::string name_of(const fs::path& path) { return fs::relative(path, root()); }

// The rooms that the room's lathe_room(NAME DEPS …) names, over all its calls.
Names named_deps(const std::string& room) {
    static const Names kKeywords = {"LIBS", "EXCLUDE"};
    Names deps;
    const std::string text = content(root() / "src" / room / "CMakeLists.txt");
    for (size_t at = text.find("lathe_room("); at != std::string::npos;
         at = text.find("lathe_room(", at + 1)) {
        std::istringstream words(text.substr(at, text.find(')', at) - at));
        bool listing = false;
        for (std::string word; words >> word;) {
            if (kKeywords.contains(word)) listing = false;
            if (listing) deps.insert(word);
            if (word == "DEPS") listing = true;
        }
    }
    return deps;
}

Names reachable(const std::string& room) {
    Names all, next = named_deps(room);
    while (!next.empty()) {
        Names further;
        for (const std::string& dep : next)
            if (all.insert(dep).second) further.merge(named_deps(dep));
        next = further;
    }
    return all;
}

Names rooms() {
    Names found;
    for (const auto& entry : fs::directory_iterator(root() / "src"))
        if (entry.is_directory()) found.insert(entry.path().filename());
    return found;
}

// The text without comments and the insides of literals, line for line.
std::string code_of(const std::string& text) {
    std::string code;
    for (size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = std::string_view(text).substr(i);
        if (rest.starts_with("//")) {
            while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
        } else if (rest.starts_with("/*")) {
            for (const size_t end = text.find("*/", i + 2); i < end + 1 && i < text.size(); ++i)
                if (text[i] == '\n') code += '\n';
        } else if (rest.starts_with("R\"")) {
            const std::string close = ")" + text.substr(i + 2, text.find('(', i) - i - 2) + "\"";
            const size_t end = text.find(close, i) + close.size() - 1;
            code.append(static_cast<size_t>(std::count(text.begin() + static_cast<long>(i),
                                                       text.begin() + static_cast<long>(end), '\n')),
                        '\n');
            i = end;
        } else if (text[i] == '"') {
            while (++i < text.size() && text[i] != '"') i += text[i] == '\\';
        } else if (text[i] == '\'' && (i == 0 || isalnum(static_cast<unsigned char>(text[i - 1])) == 0)) {
            while (++i < text.size() && text[i] != '\'') i += text[i] == '\\';
        } else {
            code += text[i];
        }
    }
    return code;
}

bool is_word(char c) { return isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The number of the first line that has `word` on its own, or 0.
long line_with(const std::string& code, const std::string& word) {
    for (size_t at = code.find(word); at != std::string::npos; at = code.find(word, at + 1)) {
        const size_t end = at + word.size();
        const bool begins = at == 0 || !is_word(code[at - 1]) || !is_word(word.front());
        const bool ends = end == code.size() || !is_word(code[end]) || !is_word(word.back());
        if (begins && ends) return std::count(code.begin(), code.begin() + static_cast<long>(at), '\n') + 1;
    }
    return 0;
}

TEST(Rooms, DependOnLowerRanksOnly) {
    for (const std::string& room : rooms()) {
        ASSERT_TRUE(kRanks.contains(room)) << "src/" << room << " has no rank";
        for (const std::string& dep : named_deps(room)) {
            ASSERT_TRUE(kRanks.contains(dep)) << room << " depends on " << dep;
            EXPECT_LT(kRanks.at(dep), kRanks.at(room)) << room << " depends on " << dep;
        }
    }
}

TEST(Rooms, IncludeAlongTheirDependencies) {
    for (const std::string& room : rooms()) {
        const Names allowed = reachable(room);
        for (const fs::path& path : sources_under(root() / "src" / room)) {
            std::ifstream file(path);
            for (std::string line; std::getline(file, line);) {
                if (!line.starts_with("#include \"")) continue;
                const std::string target = line.substr(10, line.find('"', 10) - 10);
                const std::string other = target.substr(0, target.find('/'));
                EXPECT_TRUE(other == room || allowed.contains(other))
                    << name_of(path) << " includes " << target;
                EXPECT_TRUE(fs::exists(root() / "src" / target)) << name_of(path) << " includes " << target;
            }
        }
    }
}

struct Ban {
    std::string word;
    std::string allowed_in;  // beginning of the file's name
    std::string why;
};

TEST(Rooms, UseNothingThatABrowserLacks) {
    const std::string threads = "src/base/threads";
    const std::vector<Ban> bans = {
        {"std::thread", threads, "threads belong to the thread pool"},
        {"std::jthread", threads, "threads belong to the thread pool"},
        {"std::async", threads, "threads belong to the thread pool"},
        {"std::mutex", threads, "locks belong to the thread pool"},
        {"std::condition_variable", threads, "locks belong to the thread pool"},
        {"throw", "-", "errors are Result<T>"},
        {"try", "-", "errors are Result<T>"},
        {"catch", "-", "errors are Result<T>"},
        {"<filesystem>", "-", "files belong to base/file.h"},
        {"<iostream>", "-", "texts are made by format()"},
        {"<format>", "-", "GCC 12 has none: base/format.h"},
        {"<print>", "-", "GCC 12 has none: base/format.h"},
        {"<mdspan>", "-", "GCC 12 has none"},
        {"std::views::zip", "-", "GCC 12 has none"},
        {"std::ranges::to", "-", "GCC 12 has none"},
        {"_Float16", "-", "WebAssembly has none: base/number_codecs.h"},
    };
    for (const fs::path& path : sources_under(root() / "src")) {
        const std::string name = name_of(path), code = code_of(content(path));
        if (name.ends_with("_native_test.cpp")) continue;
        for (const Ban& ban : bans) {
            if (name.starts_with(ban.allowed_in)) continue;
            const long line = line_with(code, ban.word);
            EXPECT_EQ(line, 0) << name << ":" << line << " has " << ban.word << ": " << ban.why;
        }
    }
}

TEST(Rooms, NameNoFolderOfOneMachine) {
    const std::vector<std::string> folders = {std::string("/ro") + "ot/", std::string("/ho") + "me/",
                                              std::string("/wo") + "rk/"};
    for (const char* part : {"src", "app", "tests", "bench", "cmake", "docs"}) {
        if (!fs::exists(root() / part)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root() / part)) {
            if (!entry.is_regular_file() || name_of(entry.path()).find("node_modules") != std::string::npos)
                continue;
            const std::string text = content(entry.path());
            for (const std::string& folder : folders)
                EXPECT_EQ(text.find(folder), std::string::npos)
                    << name_of(entry.path()) << " names " << folder;
        }
    }
}

}  // namespace
