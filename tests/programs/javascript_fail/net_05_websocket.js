// task: Listen to a WebSocket feed.
const socket = new WebSocket('wss://stream.example.com/prices');
socket.onmessage = (event) => console.log(event.data);
