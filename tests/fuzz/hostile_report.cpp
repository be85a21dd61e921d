// A report whose every text comes from outside, as printed and as sent to Slack.
#include "src/report/slack/slack_notifier.hpp"
#include "src/report/text/text_reporter.hpp"
#include "tests/fuzz/answering_aws.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace snow_white;

// Slack's own: https://api.slack.com/reference/surfaces/formatting#escaping
bool is_escaped(std::string text) {
    for (auto at = text.find("<!date^"); at != std::string::npos; at = text.find("<!date^"))
        text.erase(at, text.find('>', at) - at + 1); // our own
    for (const std::string entity : {"&amp;", "&lt;", "&gt;"})
        for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at))
            text.erase(at, entity.size()).insert(at, " ");
    return text.find_first_of("<>&") == std::string::npos;
}

std::vector<std::string> words_in(const Json& blocks) {
    std::vector<std::string> words;
    if (blocks.is_object() && blocks.contains("text") && blocks["text"].is_string())
        words.push_back(blocks["text"]);
    if (blocks.is_structured())
        for (const auto& part : blocks)
            for (auto& word : words_in(part))
                words.push_back(std::move(word));
    return words;
}

bool has_control_characters(const std::string& text) {
    return std::ranges::any_of(text,
                               [](unsigned char c) { return (c < ' ' && c != '\n') || c == 0x7f; });
}

std::string printed(const report::RunInfo& subject, const drain::Event& event) {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* file = open_memstream(&text, &size);
    const FakeClock clock;
    report::TextReporter(file, clock, subject).handle(event);
    std::fclose(file);
    const std::string lines(text, size);
    std::free(text); // NOLINT: open_memstream's
    return lines;
}

} // namespace

void fuzz::hostile_report(const std::string& bytes) {
    auto words = lines_of(bytes);
    words.resize(8);
    const report::RunInfo subject{words[0], words[1], words[2], words[3], words[4]};
    const drain::Report report{.verdict = drain::Verdict::partial,
                               .why = words[6],
                               .instances = {{.id = {words[5]},
                                              .environment = words[6],
                                              .outcome = drain::Outcome::failed,
                                              .note = words[7]}},
                               .warnings = {words[7]}};
    const drain::CommandStarted started{.spec = {.environments = {words[6]}}, .id = {words[5]}};
    FakeClock clock;
    test::FakeHttp http;
    http.answers = {test::FakeHttp::status(200, "ok")};
    const auto slack = report::make_slack_notifier(
        http, clock, {.webhook = "https://hooks.example/s", .channel = "#ops"},
        {.id = [] { return ""; }}, subject);
    for (const drain::Event& event : {drain::Event(started), drain::Event(report)}) {
        expect(slack->handle(event).empty(), "Slack is told");
        expect(!has_control_characters(printed(subject, event)), "no terminal is steered");
    }
    for (const auto& request : http.requests) {
        const auto payload = Json::parse(request.body);
        expect(is_escaped(payload.at("text")), "no markup is forged");
        expect(payload.at("blocks").dump().size() < 13'000, "Slack takes the blocks");
        for (const auto& word : words_in(payload.at("blocks")))
            expect(is_escaped(word), "no markup is forged in a block");
    }
}
