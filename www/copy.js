/* A button under each text that is there to be copied. Without a script the
 * text can be selected. */
function select(text) {
	const range = document.createRange();

	range.selectNodeContents(text);
	getSelection().removeAllRanges();
	getSelection().addRange(range);
}

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text.textContent.trim());
		return "Copied";
	} catch {
		/* Without TLS the browser has no clipboard for us. */
		select(text);
		return document.execCommand("copy") ? "Copied" :
			"Selected: copy it with your keyboard";
	}
}

for (const text of document.querySelectorAll("[data-copy]")) {
	const row = document.createElement("p");
	const button = document.createElement("button");
	const said = document.createElement("span");

	row.className = "copy";
	button.type = "button";
	button.textContent = text.dataset.copy;
	said.setAttribute("role", "status");
	button.addEventListener("click", async () => {
		said.textContent = "";
		said.textContent = await copy(text);
	});
	row.append(button, " ", said);
	text.after(row);
}
