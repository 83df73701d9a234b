// task: Download the exchange rates and print them.
async function getRates() {
  const response = await fetch('https://api.exchangerate.host/latest?base=USD');
  const data = await response.json();
  return data.rates;
}
getRates().then((rates) => console.log(rates.EUR));
