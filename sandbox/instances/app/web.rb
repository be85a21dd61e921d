# What an instance of a web environment runs: a server that answers everything with one word.
require 'socket'

$0 = 'web: answering'
server = TCPServer.new('127.0.0.1', 0) # host network: any free port
loop do
  client = server.accept
  client.gets
  client.write("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n")
  client.close
end
