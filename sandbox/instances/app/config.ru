# What an instance of a web environment answers.
run ->(_request) { [200, { 'content-type' => 'text/plain' }, ["ok\n"]] }
