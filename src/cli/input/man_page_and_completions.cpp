#include "src/cli/input/man_page_and_completions.hpp"

#include "src/cli/input/command_line.hpp"
#include "src/report/text/pattern_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

// Shell: the names of the profiles in the files that the AWS SDKs read.
constexpr const char* profiles =
    R"({ sed -n 's/^\[profile \([^]]*\)\]$/\1/p;s/^\[\(default\)\]$/\1/p' )"
    R"("${AWS_CONFIG_FILE:-$HOME/.aws/config}"; sed -n 's/^\[\([^]]*\)\]$/\1/p' )"
    R"("${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}"; } 2>/dev/null | sort -u)";

// Shell: the names for -p or -e, once -f and -r are typed, as the AWS CLI lists them with that
// profile; none where it is not installed. Arguments: -p or -e, then the words of the command line
// so far.
constexpr const char* names_in_aws =
    R"(wanted=$1; f= r= p=; while [ $# -gt 1 ]; do case $1 in -f) f=${2%%,*} ;; -r) r=${2%%,*} ;; -p) p=$2 ;; esac; shift; done; )"
    R"([ -n "$f" ] && [ -n "$r" ] || exit 0; name=ApplicationName; )"
    R"([ "$wanted" = -p ] && p= || name=EnvironmentName; )"
    R"(aws elasticbeanstalk describe-environments ${p:+--application-name "$p"} --no-include-deleted )"
    R"(--profile "$f" --region "$r" --query "Environments[].$name" --output text 2>/dev/null | tr "\t" "\n" | sort -u)";

using report::within_quotes;

// Each character of `special` with a backslash in front of it.
std::string with_escapes(std::string_view text, std::string_view special) {
    std::string escaped;
    for (const char byte : text) {
        if (special.find(byte) != std::string_view::npos) escaped += '\\';
        escaped += byte;
    }
    return escaped;
}

// A line must not begin with roff's own dot or quote. What is not ASCII is written as a number.
std::string in_roff(std::string_view text) {
    const auto escaped = with_escapes(text, "-\\");
    std::string set;
    bool begins_line = true;
    for (const char byte : escaped) {
        if (begins_line && (byte == '.' || byte == '\'')) set += "\\&";
        set += byte;
        begins_line = byte == '\n';
    }
    for (auto at = set.find("…"); at != std::string::npos; at = set.find("…"))
        set.replace(at, std::string_view("…").size(), "\\[u2026]");
    return set;
}

bool is_name_in_aws(const Flag& flag) {
    return flag.argument == "APP" || flag.argument == "PATTERN";
}

std::string zsh_entry(const Flag& flag, const std::string& name) {
    std::string entry = fmt::format("'{}{}[{}]", flag.repeatable ? "*" : "", name,
                                    within_quotes(with_escapes(flag.meaning, "[]:\\")));
    if (!flag.argument.empty()) entry += fmt::format(":{}:", flag.argument);
    if (!flag.choices.empty()) entry += fmt::format("({})", flag.choices);
    if (flag.argument == "PROFILE") entry += "_snow_white_profiles";
    if (is_name_in_aws(flag))
        entry += fmt::format(" _snow_white_names {}", name); // the space: no description before it
    return entry + "'";
}

std::string fish_line(const Flag& flag) {
    std::string line = "complete -c snow-white";
    for (const auto& name : flag.names)
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!flag.argument.empty()) line += " -x";
    if (!flag.choices.empty()) line += fmt::format(" -a '{}'", flag.choices);
    if (flag.argument == "PROFILE") line += " -a '(__snow_white_profiles)'";
    if (is_name_in_aws(flag))
        line += fmt::format(" -a '(__snow_white_names {})'", flag.names.front());
    return line + fmt::format(" -d '{}'\n", within_quotes(flag.meaning));
}

} // namespace

std::string manual_page() {
    std::string page =
        fmt::format(".TH SNOW\\-WHITE 1 \"\" \"snow\\-white {}\" \"User Commands\"\n"
                    ".SH NAME\nsnow\\-white \\- {}\n.SH SYNOPSIS\n.B snow\\-white\n",
                    in_roff(SNOW_WHITE_VERSION),
                    "quiets, wakes and stops Sidekiq workers on AWS Elastic Beanstalk");
    std::string options;
    for (const auto& flag : all_flags()) {
        const std::string names = fmt::format("{}", fmt::join(flag.names, ", "));
        const std::string argument = flag.argument.empty() ? "" : " \\fI" + flag.argument + "\\fR";
        if (flag.required) page += fmt::format("\\fB{}\\fR{}\n", in_roff(names), argument);
        options += fmt::format(".TP\n\\fB{}\\fR{}\n{}.\n", in_roff(names), argument,
                               in_roff(flag.meaning));
    }
    page += "[\\fIoption\\fR ...]\n.br\n.B snow\\-white \\-a jobs\n[\\fB\\-p\\fR \\fIAPP\\fR] "
            "[\\fIoption\\fR ...]\n.SH DESCRIPTION\n" +
            in_roff(description()) + "\n.SH OPTIONS\n" + options;
    return page + ".SH EXAMPLES AND NOTES\n.nf\n" + in_roff(examples()) + "\n" + in_roff(notes()) +
           "\n.fi\n";
}

std::string completion_for_bash() {
    std::vector<std::string> names;
    std::vector<std::string> with_argument;
    std::string choices;
    for (const auto& flag : all_flags()) {
        names.insert(names.end(), flag.names.begin(), flag.names.end());
        if (!flag.argument.empty())
            with_argument.insert(with_argument.end(), flag.names.begin(), flag.names.end());
        if (!flag.choices.empty())
            choices +=
                fmt::format("    {}) words='{}' ;;\n", fmt::join(flag.names, " | "), flag.choices);
    }
    return fmt::format(R"(# bash completion of snow-white, made from its own table of flags
_snow_white() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} words
    case ${{COMP_WORDS[COMP_CWORD - 1]}} in
{}    -f) words=$({}) ;;
    -p | -e | --exclude) words=$(sh -c '{}' sh "${{COMP_WORDS[COMP_CWORD - 1]}}" "${{COMP_WORDS[@]}}") ;;
    {}) return ;;
    *) words='{}' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -F _snow_white snow-white snow-white.sh
)",
                       choices, profiles, names_in_aws, fmt::join(with_argument, " | "),
                       fmt::join(names, " "));
}

std::string completion_for_zsh() {
    std::string script = fmt::format(
        "#compdef snow-white snow-white.sh\n"
        "# zsh completion of snow-white, made from its own table of flags\n"
        "_snow_white_profiles() {{\n"
        "    local -a names\n    names=(${{(f)\"$({})\"}})\n"
        "    compadd -a names\n}}\n"
        "_snow_white_names() {{\n"
        "    local -a names\n    names=(${{(f)\"$(sh -c '{}' sh \"$1\" \"${{words[@]}}\")\"}})\n"
        "    compadd -a names\n}}\n_arguments",
        profiles, names_in_aws);
    for (const auto& flag : all_flags())
        for (const auto& name : flag.names)
            script += " \\\n    " + zsh_entry(flag, name);
    return script + "\n";
}

std::string completion_for_fish() {
    std::string script =
        fmt::format("# fish completion of snow-white, made from its own table of flags\n"
                    "function __snow_white_profiles\n    sh -c '{}'\nend\n"
                    "function __snow_white_names\n    sh -c '{}' sh $argv (commandline -opc)\nend\n"
                    "complete -c snow-white -f\n",
                    within_quotes(profiles), within_quotes(names_in_aws));
    for (const auto& flag : all_flags())
        script += fish_line(flag);
    return script;
}

} // namespace snow_white::cli
