// One page of a list, in the words of the action that answers it. In: the action's parameters and
// all the items. Out: {LIST: […], NextToken}. A token that is not this question's is AwsError
// `token_error`.
#pragma once

#include "sandbox/services/paging.hpp"
#include "sandbox/wire/aws_error.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace sandbox {

struct ListWords {
    std::string region; // a page token is of one region
    std::string action;
    std::string list;
    std::size_t default_size = 50;
    std::string token = "NextToken";
    std::string size = "MaxResults";
    std::string token_error = "InvalidNextToken";
    bool short_pages = false; // half of what was asked for, and the first one nothing
};

template <class Item, class Show>
Json list_page(const Json& parameters, const ListWords& words, const std::vector<Item>& items,
               Show show) {
    Json question = parameters;
    question.erase(words.token);
    question.erase(words.size);
    question["action"] = words.action;
    question["region"] = words.region;
    const std::string token = parameters.value(words.token, "");
    std::size_t size = parameters.value(words.size, words.default_size);
    if (words.short_pages) size = token.empty() ? 0 : std::max<std::size_t>(1, size / 2);
    const auto page = page_of(items.size(), size, token, question);
    if (!page) throw AwsError(words.token_error, "The specified token is not valid.");
    Json list = Json::array();
    for (std::size_t i = page->begin; i < page->end; ++i)
        list.push_back(show(items[i]));
    Json answer = {{words.list, std::move(list)}};
    if (!page->next_token.empty()) answer[words.token] = page->next_token;
    return answer;
}

} // namespace sandbox
