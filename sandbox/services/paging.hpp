// One page of a list, in the words of the action that answers it. Its token says where
// the next page begins. It is opaque to the caller, and tied to the call: a token of another
// call, or one that we never gave, is no token.
#pragma once

#include "sandbox/wire/shape.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sandbox {

struct ListWords {
    std::string region; // a page token is of one region; empty: the service is there once
    std::string action;
    std::string list;
    std::size_t default_size = 50;
    std::string token = "NextToken";
    std::string size = "MaxResults";
    std::string answers_token; // empty: as it is asked
    std::string token_error = "InvalidNextToken";
    std::string token_complaint = "The specified token is not valid.";
    bool short_pages = false; // half of what was asked for, and the first one nothing
};

// EC2's, of a Describe… call.
inline ListWords ec2_words(const std::string& region, const std::string& list) {
    return {.region = region,
            .action = list,
            .list = list,
            .default_size = 1000,
            .answers_token = "nextToken",
            .token_error = "InvalidParameterValue",
            .token_complaint = "Invalid value for nextToken"};
}

struct Page {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string next_token; // empty on the last page
};

// Of `total` items. Failure: AwsError for a token that is not of this call.
Page page_of(const Json& parameters, const ListWords& words, std::size_t total);

// In: the action's parameters and all the items. Out: {LIST: […], NextToken}. Failure: as
// page_of().
template <class Item, class Show>
Json list_page(const Json& parameters, const ListWords& words, const std::vector<Item>& items,
               Show show) {
    const Page page = page_of(parameters, words, items.size());
    Json list = Json::array();
    for (std::size_t i = page.begin; i < page.end; ++i)
        list.push_back(show(items[i]));
    Json answer = {{words.list, std::move(list)}};
    if (!page.next_token.empty())
        answer[words.answers_token.empty() ? words.token : words.answers_token] = page.next_token;
    return answer;
}

} // namespace sandbox
