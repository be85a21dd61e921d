// The fuzz targets. Each passes the bytes to one parser of outside data and checks a property of
// what comes out. fuzz.cpp lists them; corpus/NAME holds real inputs to begin with, and each input
// that ever broke a property.
#pragma once

#include <string>
#include <vector>

namespace fuzz {

void json_answers(const std::string& bytes);
void xml_answers(const std::string& bytes);
void error_answers(const std::string& bytes);
void config_files(const std::string& bytes);
void credential_documents(const std::string& bytes);
void instance_output(const std::string& bytes);
void hostile_report(const std::string& bytes);
void task_metadata(const std::string& bytes);
void slack_answers(const std::string& bytes);
void names_of_people(const std::string& bytes);
void command_line(const std::string& bytes);
void container_environment(const std::string& bytes);
void logs(const std::string& bytes);
void sidekiq_redis(const std::string& bytes);
void sidekiq_values(const std::string& bytes);

// Ends the process, so that libFuzzer keeps the input.
void expect(bool holds, const char* promise);

// The lines of an input, without line ends.
std::vector<std::string> lines_of(const std::string& bytes);

} // namespace fuzz
